"""Is this really from its source? Each check takes the raw body, compares in constant time and accepts any of the secrets.

Sources of the formulas: Standard Webhooks specification 1.0 (standardwebhooks.com); Twilio "Webhooks security"
(HMAC-SHA1 over the full URL and every parameter sorted by name, JSON bodies through ``bodySHA256``); Typeform "Secure your
webhooks" (``sha256=`` and base64 over the raw body); Google Ads "Webhook integration" (``google_key`` in the body).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from gateway.problems import Problem
from gateway.settings import SourceSpec


def refused(detail: str) -> Problem:
    """401 without a word on what was expected: the sender looks at his secret and clock."""
    return Problem(401, "bad_signature", detail, headers={"WWW-Authenticate": "Signature"})


def check_signed(spec: SourceSpec, headers: Mapping[str, str], body: bytes, now_ms: int) -> None:
    """Check a source of scheme hmac or standard. Raises Problem 401 for a missing, wrong or stale signature."""
    if spec.scheme == "standard":
        given_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        _check_age(sent_at, spec.max_age_s, now_ms)
        signed = f"{given_id}.{sent_at}.".encode() + body
        given = [s.removeprefix("v1,") for s in headers.get("webhook-signature", "").split() if s.startswith("v1,")]
        ok = bool(given_id) and matches(signed, given, [standard_key(secret) for secret in spec.secrets])
    else:
        signed = body
        if spec.timestamp_header:
            sent_at = headers.get(spec.timestamp_header, "")
            _check_age(sent_at, spec.max_age_s, now_ms)
            signed = sent_at.encode() + b"." + body
        given = [headers.get(spec.header, "").strip().removeprefix("sha256=")]
        ok = matches(signed, given, [secret.encode() for secret in spec.secrets])
    if not ok:
        raise refused("The signature is missing or wrong. Sign the body exactly as sent.")


def matches(signed: bytes, given: Iterable[str], keys: Iterable[bytes]) -> bool:
    """Does any given signature (hex or base64 of an HMAC-SHA256) belong to any of the keys?"""
    digests = [digest for text in given if (digest := _digest(text)) is not None]
    good = False
    for key in keys:
        if key:
            expected = hmac.new(key, signed, hashlib.sha256).digest()
            for digest in digests:
                good |= hmac.compare_digest(expected, digest)
    return good


def twilio_signature(token: str, url: str, params: Sequence[tuple[str, str]]) -> str:
    """What Twilio puts into X-Twilio-Signature. Repeated parameters count once per different value, sorted."""
    text = url + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def check_twilio(spec: SourceSpec, url: str, given: str, params: Sequence[tuple[str, str]], body: bytes) -> None:
    """Raises Problem 401. ``url`` is the address Twilio called; with and without its default port both count."""
    body_hash = dict(parse_qsl(urlsplit(url).query)).get("bodySHA256", "")
    intact = not body_hash or hmac.compare_digest(hashlib.sha256(body).hexdigest(), body_hash.lower())
    signed_params = () if body_hash else params
    good = False
    for secret in spec.secrets:
        for variant in _port_variants(url):
            expected = twilio_signature(secret, variant, signed_params)
            good |= hmac.compare_digest(expected.encode(), given.encode())
    if not (good and intact):
        raise refused("The signature is missing or wrong. Behind a proxy, set public_url to the address Twilio calls.")


def check_key(spec: SourceSpec, given: str) -> None:
    """A shared secret inside the body (Google Ads). Raises Problem 401."""
    good = False
    for secret in spec.secrets:
        good |= hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogatepass"))
    if not good:
        raise refused("The key in the body is missing or wrong.")


def _digest(text: str) -> bytes | None:
    try:
        digest = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return digest if len(digest) == 32 else None


def standard_key(secret: str) -> bytes:
    """The key in a secret of Standard Webhooks (``whsec_`` and base64); empty when it is none."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _check_age(sent_at: str, max_age_s: int, now_ms: int) -> None:
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        raise refused("The timestamp of the signature is missing; send seconds since 1970.")
    if abs(now_ms / 1000 - int(sent_at)) > max_age_s:
        raise Problem(
            401, "stale_signature", f"The signature is more than {max_age_s} s off. Check the clock, sign again."
        )


def _port_variants(url: str) -> set[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    bare, full = parts._replace(netloc=host), parts._replace(netloc=f"{host}:{port}")
    return {url, bare.geturl(), full.geturl()}
