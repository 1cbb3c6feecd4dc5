"""Vectors are those of the sources' own documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from gateway.problems import Problem
from gateway.settings import SourceSpec
from gateway.signatures import check_signed, check_twilio, matches, twilio_signature

TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "To": "+18005551212"}
STANDARD_BODY = b'{"test": 2432232314}'
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STANDARD = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def spec(**given: object) -> SourceSpec:
    return SourceSpec(**{"kind": "form", "tenant": "acme", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("caller", "expected"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_twilio_documented_vector(caller: str, expected: str) -> None:
    params = {**TWILIO, "From": caller, "Caller": caller}

    assert twilio_signature("12345", TWILIO_URL, list(params.items())) == expected


def test_twilio_signs_with_and_without_the_default_port() -> None:
    params = [("From", "+14158675309")]
    given = twilio_signature("12345678", "https://mycompany.com:443/calls", params)

    check_twilio(spec(scheme="twilio", secrets=("12345678",)), "https://mycompany.com/calls", given, params, b"")


def test_twilio_json_body_is_checked_by_its_hash() -> None:
    body = b'{"a": 1}'
    url = f"https://mycompany.com/calls?bodySHA256={hashlib.sha256(body).hexdigest()}"
    given = twilio_signature("12345678", url, ())
    source = spec(scheme="twilio", secrets=("12345678",))

    check_twilio(source, url, given, (), body)
    with pytest.raises(Problem):
        check_twilio(source, url, given, (), b'{"a": 2}')


def test_standard_webhooks_vector_of_the_specification() -> None:
    check_signed(spec(scheme="standard", secrets=(STANDARD_SECRET,)), STANDARD, STANDARD_BODY, 1614265330_000)


@pytest.mark.parametrize("late_s", [301, -301, 86_400])
def test_standard_webhooks_refuses_a_stale_timestamp(late_s: int) -> None:
    with pytest.raises(Problem) as refused:
        check_signed(
            spec(scheme="standard", secrets=(STANDARD_SECRET,)), STANDARD, STANDARD_BODY, (1614265330 + late_s) * 1000
        )

    assert refused.value.code == "stale_signature"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "²"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    ],
)
def test_standard_webhooks_refuses_a_changed_header(change: dict[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        check_signed(
            spec(scheme="standard", secrets=(STANDARD_SECRET,)), {**STANDARD, **change}, STANDARD_BODY, 1614265330_000
        )

    assert refused.value.status == 401


def test_hex_vector_of_github_with_its_prefix() -> None:
    headers = {"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}
    source = spec(header="X-Hub-Signature-256", secrets=("another", "It's a Secret to Everybody"))

    check_signed(source, headers, b"Hello, World!", 0)


def test_base64_as_typeform_sends_it() -> None:
    body = b'{"event_id":"LtWXD3crgy"}'
    digest = base64.b64encode(hmac.new(b"typeform-secret", body, hashlib.sha256).digest()).decode()
    source = spec(kind="typeform", header="Typeform-Signature", secrets=("typeform-secret",))

    check_signed(source, {"Typeform-Signature": f"sha256={digest}"}, body, 0)


def test_hmac_with_a_timestamp_signs_both_and_ages() -> None:
    given = hmac.new(b"some-secret", b"1000.body", hashlib.sha256).hexdigest()
    source = spec(secrets=("some-secret",), timestamp_header="X-Time")
    headers = {"X-Signature": given, "X-Time": "1000"}

    check_signed(source, headers, b"body", 1_000_000)
    with pytest.raises(Problem) as refused:
        check_signed(source, headers, b"body", 1_301_000)
    assert refused.value.code == "stale_signature"


@pytest.mark.parametrize("given", ["", "é" * 64, "zz" * 32, "=" * 44, "AAAA", "0" * 64])
def test_nonsense_never_matches(given: str) -> None:
    assert not matches(b"body", [given], [b"key"])


def test_an_empty_secret_never_matches() -> None:
    assert not matches(b"body", [hmac.new(b"", b"body", hashlib.sha256).hexdigest()], [b""])
