from matchers.metrics import Score, b_cubed, close, cluster_pairs, labelled_pairs

TRUTH = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 3}


def test_equal_clusterings_are_perfect():
    assert cluster_pairs(TRUTH, TRUTH) == b_cubed(TRUTH, TRUTH) == Score(1.0, 1.0, 1.0)


def test_pairs_counted_by_hand():
    found = {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3, "f": 4}

    score = cluster_pairs(found, TRUTH)

    assert score.precision == 1 / 2  # ab right, cd wrong
    assert score.recall == 1 / 4  # of ab, ac, bc, de
    assert score.f1 == 1 / 3


def test_b_cubed_counted_by_hand():
    found = {"a": 1, "b": 1, "c": 1, "d": 1}
    truth = {"a": 1, "b": 1, "c": 2, "d": 2}

    score = b_cubed(found, truth)

    assert (score.precision, score.recall) == (0.5, 1.0)


def test_no_pair_found_has_no_false_one():
    alone = {name: name for name in TRUTH}

    assert cluster_pairs(alone, TRUTH) == Score(1.0, 0.0, 0.0)


def test_pairs_close_transitively_and_others_stand_alone():
    clusters = close([("a", "b"), ("b", "c")], ["a", "b", "c", "d"])

    assert clusters["a"] == clusters["b"] == clusters["c"]
    assert clusters["d"] == "d"


def test_labelled_pairs_ignore_all_others():
    found = {"a": 1, "b": 1, "c": 1, "d": 2}

    score = labelled_pairs(found, [("a", "b", True), ("a", "c", False), ("a", "d", True), ("x", "y", False)])

    assert (score.precision, score.recall) == (0.5, 0.5)


def test_records_the_truth_does_not_know_are_left_out():
    assert cluster_pairs({**TRUTH, "z": 1}, TRUTH).f1 == 1.0
