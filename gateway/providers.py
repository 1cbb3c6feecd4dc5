"""Bodies of providers, as sent -> flat text by the names our own table knows.

Typeform: "Webhooks, example payload". Google Ads: "Webhook implementation" (``lead_id`` is what to deduplicate on).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from gateway.headers import recognise_question
from gateway.payload import Malformed, flatten, plain_text
from gateway.settings import Limits


class Delivered(msgspec.Struct, frozen=True):
    """A body understood. ``id`` is the provider's own id of it, ``fields`` what the payload's types say for certain.

    ``flat`` is everything, by the keys that a source's own mapping may name.
    """

    id: str
    fields: dict[str, tuple[str, ...]]
    flat: dict[str, str]
    test: bool = False


def typeform(body: dict[str, Any], limits: Limits) -> Delivered:
    """Answers by their ref (else title, else id). Types email and phone_number are certain, titles are recognised."""
    response = body.get("form_response")
    if not isinstance(response, dict):
        raise Malformed("not a Typeform response")
    definition = response.get("definition") or {}
    questions = {plain_text(q.get("id")): q for q in _objects(definition, "fields")}
    flat: dict[str, Any] = {}
    fields: dict[str, list[str]] = {}
    for n, answer in enumerate(_objects(response, "answers")):
        field = answer.get("field")
        asked = field if isinstance(field, dict) else {}
        question = {**questions.get(plain_text(asked.get("id")), {}), **asked}
        title = plain_text(question.get("title"))
        key = plain_text(question.get("ref")) or title or plain_text(question.get("id")) or f"answer {n + 1}"
        kind = plain_text(answer.get("type"))
        flat[key] = _typeform_value(answer.get(kind))
        certain = {"email": "email", "phone_number": "phone"}.get(kind) or _of_question(question, title)
        if certain:
            fields.setdefault(certain, []).append(key)
    for key in ("form_id", "token", "submitted_at", "landed_at", "hidden", "calculated", "variables"):
        if response.get(key):
            flat.setdefault(key, response[key])
    event = plain_text(body.get("event_id")) or plain_text(response.get("token"))
    return Delivered(event, {field: tuple(keys) for field, keys in fields.items()}, flatten(flat, limits))


def google_ads(body: dict[str, Any], limits: Limits) -> Delivered:
    """Answers by ``column_id`` (FULL_NAME, WORK_EMAIL, ...; a question of one's own: its text). The key is taken out."""
    rest = {key: value for key, value in body.items() if key not in ("user_column_data", "google_key")}
    flat: dict[str, Any] = {}
    for n, column in enumerate(_objects(body, "user_column_data")):
        key = plain_text(column.get("column_id")) or plain_text(column.get("column_name")) or f"answer {n + 1}"
        flat[key] = column.get("string_value")
    test = rest.get("is_test") is True or rest.get("is_test") == "true"
    return Delivered(plain_text(body.get("lead_id")), {}, flatten({**rest, **flat}, limits), test)


#: Kinds of form whose body is the provider's own.
READERS: dict[str, Callable[[dict[str, Any], Limits], Delivered]] = {"typeform": typeform, "google_ads": google_ads}


def _objects(holder: Any, key: str) -> list[dict[str, Any]]:
    items = holder.get(key) if isinstance(holder, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _of_question(question: dict[str, Any], title: str) -> str:
    if question.get("type") == "legal":
        return "consent"
    return recognise_question(plain_text(question.get("ref")).replace("_", " ")) or recognise_question(title)


def _typeform_value(value: Any) -> Any:
    """choice and choices carry labels and what was written under "other"."""
    if not isinstance(value, dict):
        return value
    return plain_text([value.get(key) for key in ("label", "labels", "other")]) or value
