from __future__ import annotations

from hashlib import sha256

import pytest

from gateway.callers import Callers
from gateway.problems import Problem
from gateway.settings import ROLES, TokenSpec


def spec(secret: str) -> TokenSpec:
    return TokenSpec(
        sha256=sha256(secret.encode()).hexdigest(), tenant="acme", scopes=frozenset({"conflicts"}), member="amy"
    )


class Issued:
    def __init__(self, *secrets: str) -> None:
        self.by_digest = {bytes.fromhex(spec(secret).sha256): spec(secret) for secret in secrets}

    async def find(self, sha256: bytes) -> TokenSpec | None:
        return self.by_digest.get(sha256)


@pytest.mark.parametrize("secret", ["of the file", "of the store"])
async def test_a_token_of_the_configuration_and_one_that_was_issued(secret: str) -> None:
    found = await Callers([spec("of the file")], Issued("of the store")).of(
        {"authorization": f"bearer {secret}"}, "conflicts"
    )

    assert found == spec(secret)


@pytest.mark.parametrize(
    ("authorization", "scope", "status"),
    [
        ("", "conflicts", 401),
        ("Bearer nobody's", "conflicts", 401),
        ("Basic of the store", "conflicts", 401),
        ("Bearer of the store", "people", 403),
    ],
)
async def test_unknown_is_told_from_not_allowed(authorization: str, scope: str, status: int) -> None:
    with pytest.raises(Problem) as refused:
        await Callers([], Issued("of the store")).of({"authorization": authorization}, scope)  # type: ignore[arg-type]

    assert refused.value.status == status


def test_a_dialler_only_asks_and_only_an_admin_takes_in_files() -> None:
    assert ROLES["dialler"] == {"conflicts", "contacts"}
    assert [role for role, scopes in ROLES.items() if "imports" in scopes] == ["admin"]
    assert [role for role, scopes in ROLES.items() if "people" in scopes] == ["leader", "admin"]
