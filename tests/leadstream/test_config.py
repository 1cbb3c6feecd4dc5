from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.errors import Misconfigured
from leadstream.configuration.config import DEFAULT, load, missing_secrets, parse, show
from leadstream.configuration.yamlfile import read

SMALL = """
tenants:
  main:
    members: {amy: , bo: {weight: 2}}
    teams: {east: {members: [amy, bo]}}
    rules:
      - {id: all, team: east}
"""


def faults(text: str, env: dict[str, str] | None = None) -> dict[str, str]:
    with pytest.raises(Misconfigured) as caught:
        parse(text, env or {})
    return dict(caught.value.faults)


def test_five_mistakes_of_five_kinds_are_all_reported_with_path_and_line() -> None:
    found = faults(
        """
        log: {kind: kafak}
        limits: {columns: many}
        sources:
          web: {kind: frm, tenant: main}
        tenants:
          main:
            members: {amy: {wieght: 2}, bo: }
            teams: {east: {members: [amy, bo]}}
            rules:
              - {id: all, team: easst}
        """
    )

    assert found == {
        "log.kind": "'kafak' is not known; did you mean 'kafka'? (embedded, kafka) (line 2)",
        "limits.columns": "write a whole number (line 3)",
        "sources.web.kind": "'frm' is not known; did you mean 'form'? (form, typeform, google_ads, calls, twilio, import) (line 5)",
        "tenants.main.members.amy.wieght": "unknown key; did you mean 'weight'? (line 8)",
        "tenants.main.rules.0.team": "there is no team 'easst'; did you mean 'east'? (line 11)",
    }


@pytest.mark.parametrize(
    ("line", "path", "says"),
    [
        ("tenant: {}", "tenant", "did you mean 'tenants'"),
        ("log: {kind: kafka}", "log.bootstrap", "LEADSTREAM_KAFKA"),
        ("store: {url: 'http://x'}", "store.url", "redis://"),
        ("store: {url: 'redis://u:hunter2@x'}", "store.url", "keep the password out"),
        ("sources: {web: {kind: form, tenant: mian, signature: none}}", "sources.web.tenant", "did you mean 'main'"),
        ("sources: {web: {kind: form}}", "sources.web.tenant", "required"),
        (
            "sources: {w: {kind: form, tenant: main, secret_env: s3cret!}}",
            "sources.w.secret_env",
            "NAME of an environment",
        ),
        ("sources: {w: {kind: form, tenant: main, signature: hmac}}", "sources.w.secret_env", "needs a secret"),
        (
            "sources: {w: {kind: twilio, tenant: main, signature: hmac, secret_env: W}}",
            "sources.w.signature",
            "signs with twilio",
        ),
        (
            "sources: {w: {kind: form, tenant: main, signature: none, secret_env: W}}",
            "sources.w.signature",
            "checks none",
        ),
        ("sources: {w: {kind: twilio, tenant: main, secret_env: W}}", "sources.w.signature", "gateway.public_url"),
        ("gateway: {port: 99999}", "gateway.port", "at most 65535"),
        ("gateway: {tokens: {ops: {env: OPS, tenant: x}}}", "gateway.tokens.ops.tenant", "known: main"),
        ("store: {url: 'redis+cluster://a:7000,b:7000'}", "log.kind", "write kafka"),
        ("limits: 5", "limits", "write a mapping"),
    ],
)
def test_a_mistake_beside_a_sound_tenant(line: str, path: str, says: str) -> None:
    found = faults(f"{line}\n{SMALL}")

    assert list(found) == [path]
    assert says in found[path]


@pytest.mark.parametrize(
    ("was", "now", "path", "says"),
    [
        ("team: east", "team: east, pool: public", "rules.0", "2 targets"),
        ("team: east", "team: east, when: {colour: red}", "rules.0.when.colour", "no field 'colour'"),
        ("team: east", "team: east, when: {city: }", "rules.0.when.city", "write a value"),
        (
            "team: east",
            "team: east, when: {value: {at_leest: 5}}",
            "rules.0.when.value.at_leest",
            "did you mean 'at_least'",
        ),
        ("team: east", "teem: east", "rules.0.teem", "did you mean 'team'"),
        ("team: east}", "team: east}\n      - {id: all, team: east}", "rules.1.id", "taken by an earlier rule"),
        ("bo: {weight: 2}", "bo: {weight: -1}", "members.bo.weight", "at least 0"),
        ("bo: {weight: 2}", "bo: {weight: 2}, amy: {}", "members.amy", "written twice"),
        ("bo: {weight: 2}", "bo: 7", "members.bo", "write a mapping"),
        (
            "bo: {weight: 2}",
            "bo: {absences: [{from: soon, until: 2026-05-01}]}",
            "members.bo.absences.0.from",
            "like 2026-05-01",
        ),
        ("[amy, bo]", "[amy, bob]", "teams.east.members.1", "did you mean 'bo'"),
        ("members: {amy", "country: CN\n    timezone: Mars/Base\n    members: {amy", "timezone", "no time zone"),
        ("members: {amy", "fields: {plate: nmber}\n    members: {amy", "fields.plate", "did you mean 'number'"),
        ("members: {amy", "matching: {same: -2}\n    members: {amy", "matching.unsure", "above 'same'"),
        (
            "members: {amy",
            "matching: {levels: {phone.moble: {m: 1}}}\n    members: {amy",
            "matching.levels.phone.moble",
            "unknown level",
        ),
        ("members: {amy", "do_not_contact_file: none.txt\n    members: {amy", "do_not_contact_file", "cannot be read"),
        ("bo: {weight: 2}", "bo: {shifts: late}", "members.bo.shifts.0", "no hours 'late'"),
        ("bo: {weight: 2}", "bo: {lines: pumps}", "members.bo.lines.0", "no scope 'pumps'"),
        (
            "members: {amy",
            "hours: {o: {times: {mon-fry: 9:00-18:00}}}\n    members: {amy",
            "hours.o",
            "mon-fri or daily",
        ),
        ("members: {amy", "hours: {o: {times: {mon: 9 to 5}}}\n    members: {amy", "hours.o", "like 09:00-18:00"),
        (
            "members: {amy",
            "hours: {o: {times: {mon: 9:00-18:00}, holidays: ZZ}}\n    members: {amy",
            "hours.o.holidays",
            "no holidays are known",
        ),
        ("members: {amy", "scopes: {pumps: {when: {}}}\n    members: {amy", "scopes.pumps.when", "no conditions"),
        ("members: {amy", "unique: {fone: warn}\n    members: {amy", "unique.fone", "did you mean 'phone'"),
        ("members: {amy", "unique: {phone: forbid}\n    members: {amy", "unique.phone", "refuse, warn, merge"),
        (
            "members: {amy",
            "ownership: {answer: {A: {minutes: 5, hours: office}}}\n    members: {amy",
            "ownership.answer.A.hours",
            "no hours 'office'",
        ),
        (
            "members: {amy",
            "ownership: {protect_days: {D: 5}}\n    members: {amy",
            "ownership.protect_days.D",
            "write one of A, B, C",
        ),
        ("members: {amy", "routing: {window: 24}\n    members: {amy", "routing.window", "did you mean 'window_hours'"),
        ("members: {amy", "contact: {hours: day}\n    members: {amy", "contact.hours", "no hours 'day'"),
        ("members: {amy", "handover: {pool: old}\n    members: {amy", "handover.pool", "known: public"),
        ("members: {amy", "pools: {public: {claims: 3}}\n    members: {amy", "pools.public.claims", "claims_a_day"),
        ("team: east", "team: east, strategy: quota", "rules.0.strategy", "give one to amy, bo"),
        ("team: east", "team: east, answer: soon", "rules.0.answer.minutes", "write a number"),
        ("team: east", "team: east, widen: [{after_minutes: 5, team: west}]", "rules.0.widen.0.team", "no team 'west'"),
    ],
)
def test_a_mistake_inside_a_tenant_is_reported_alone(was: str, now: str, path: str, says: str) -> None:
    found = faults(SMALL.replace(was, now))

    assert list(found) == [f"tenants.main.{path}"]
    assert says in found[f"tenants.main.{path}"]


@pytest.mark.parametrize(
    "text", ["", "[]", "tenants: {}", "tenants: [", "a: &a {b: *a}", "\tx: 1", "tenants: 3", "just words"]
)
def test_nonsense_is_a_fault_and_no_traceback(text: str) -> None:
    assert faults(text)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_a_list_of_faults_and_never_a_traceback(data: st.DataObject) -> None:
    lines = DEFAULT.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        damage = data.draw(st.sampled_from(["drop", "empty", "list", "text", "indent"]))
        head = lines[at].partition(":")[0]
        changed = {"empty": f"{head}:", "list": f"{head}: [x, 7]", "text": f"{head}: x", "indent": f" {lines[at]}"}
        lines[at : at + 1] = [] if damage == "drop" else [changed[damage]]

    with suppress(Misconfigured):
        parse("\n".join(lines), {})


def test_a_secret_written_into_the_file_is_not_repeated() -> None:
    assert "hunter2" not in str(faults(f"sources: {{w: {{kind: form, tenant: main, secret_env: hunter2}}}}\n{SMALL}"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no such file"):
        load(tmp_path / "missing.yaml", {})


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "gbk.yaml").write_bytes("tenants: {main: {members: {amy: {name: 张}}}}".encode("gb18030"))

    with pytest.raises(Misconfigured, match="UTF-8"):
        load(tmp_path / "gbk.yaml", {})


def test_the_shipped_example_is_the_default_and_sound() -> None:
    shipped = load(None, {})
    policy = shipped.tenants["main"].policy()

    assert shipped == load(DEFAULT, {})
    assert [rule.id for rule in policy.rules][:2] == ["partner-traffic", "grade-a"]
    assert (Path(__file__).parents[2] / "config" / "leadstream.yaml").read_bytes() == DEFAULT.read_bytes()


def test_the_environment_says_where_things_are() -> None:
    env = {
        "LEADSTREAM_LOG": "kafka",
        "LEADSTREAM_KAFKA": "a:9092,b:9092",
        "LEADSTREAM_STORE_URL": "redis://u:pw@h",
        "LEADSTREAM_PORT": "9",
    }

    found = parse(SMALL, env)

    assert (found.log.kind, found.log.bootstrap, found.gateway.port) == ("kafka", ("a:9092", "b:9092"), 9)
    assert found.store.url == "redis://u:pw@h"


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SMALL)

    assert list(load(None, {"LEADSTREAM_CONFIG": str(tmp_path / "mine.yaml")}).tenants["main"].teams) == ["east"]


def test_shown_settings_load_again_and_hold_no_secret() -> None:
    shown = show(parse(SMALL, {"LEADSTREAM_STORE_URL": "redis://u:hunter2@h"}))

    assert "hunter2" not in shown
    assert parse(shown, {}) == parse(SMALL, {"LEADSTREAM_STORE_URL": "redis://u@h"})


def test_whom_not_to_contact_is_not_shown() -> None:
    text = SMALL.replace("members: {amy", "do_not_contact: ['13955550199']\n    members: {amy")

    shown = show(parse(text, {}))

    assert "13955550199" not in shown
    assert shown.startswith("# tenants.main.do_not_contact is not shown")


def test_the_list_of_whom_not_to_contact_lies_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "never.txt").write_text("# asked us to stop\n139 5555 0199\n\nstop@example.com\n", encoding="utf-8-sig")
    (tmp_path / "c.yaml").write_text(
        SMALL.replace("members: {amy", "do_not_contact_file: never.txt\n    members: {amy")
    )

    preparation = load(tmp_path / "c.yaml", {}).tenants["main"].preparation()

    assert preparation.do_not_contact == {"139 5555 0199", "stop@example.com"}


def test_the_version_of_a_policy_is_that_of_its_content() -> None:
    version = parse(SMALL, {}).tenants["main"].policy().version

    assert parse("# a remark\n" + SMALL, {}).tenants["main"].policy().version == version
    assert parse(SMALL.replace("weight: 2", "weight: 3"), {}).tenants["main"].policy().version != version


def test_an_absence_is_in_the_time_of_the_tenant() -> None:
    text = SMALL.replace(
        "bo: {weight: 2}", "bo: {absences: [{from: 2026-05-01, until: 2026-05-02T09:00Z, reason: trip}]}"
    )

    absence = parse(text, {}).tenants["main"].policy().members["bo"].absences[0]

    assert (absence.from_ms, absence.until_ms, absence.reason) == (1_777_564_800_000, 1_777_712_400_000, "trip")


def test_secrets_that_are_named_but_not_set_are_listed() -> None:
    found = parse(
        "sources: {w: {kind: form, tenant: main, secret_env: W1, previous_secret_env: W0, signature: hmac}}\n" + SMALL,
        {},
    )

    assert missing_secrets(found, {"W1": "x"}) == [("sources.w.previous_secret_env", "set the environment variable W0")]


def test_scalars_stay_what_was_written() -> None:
    assert read("country: NO\nline: 02161\nempty:\nquoted: ''").data == {
        "country": "NO",
        "line": "02161",
        "empty": None,
        "quoted": "",
    }


@pytest.mark.parametrize("nothing", ["", "null", "~"])
def test_nothing_is_nothing_however_it_is_written(nothing: str) -> None:
    settings = parse(f"store: {{url: {nothing} }}\ntenants: {{main: {{}}}}\n", {})

    assert settings.store.url == ""
