"""Bodies of webhooks -> flat text by dotted key. Numbers stay as they were written: a phone is not an amount."""

from __future__ import annotations

import json
from email.message import Message as MimeHeader
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from gateway.problems import Problem
from gateway.settings import Limits

_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "utf8": "utf-8"} | dict.fromkeys(("gbk", "gb2312", "gb18030"), "gb18030")
_JSON, _FORM, _MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"


class Malformed(Exception):
    """The body cannot be read. ``reason`` says why, without quoting it; the raw bytes are worth keeping."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def content_type(header: str) -> tuple[str, str]:
    """Media type and Python codec of a Content-Type header. Raises Problem 415 for what the doors do not read."""
    mime = MimeHeader()
    mime["content-type"] = header
    kind, charset = mime.get_content_type() if header else "", str(mime.get_param("charset", "")).lower()
    if kind.startswith("application/") and kind.endswith("+json"):
        kind = _JSON
    if kind not in (_JSON, _FORM, _MULTIPART) or charset not in _CHARSETS:
        detail = f"Send {_JSON}, {_FORM} or {_MULTIPART}, in UTF-8 or with its charset."
        raise Problem(415, "content_type", detail)
    return kind, _CHARSETS[charset]


def read_json(body: bytes, codec: str = "utf-8") -> dict[str, Any]:
    """A JSON object, numbers as the text they were. Raises Malformed."""
    try:
        value = json.loads(decode(body, codec), parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise Malformed("nested too deeply") from None
    except ValueError as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Malformed(f"not JSON{where}") from None
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    return value


def read_form(body: bytes, codec: str, limits: Limits) -> list[tuple[str, str]]:
    """The pairs of a form-encoded body in order, empty values included. Raises Malformed, Problem 422."""
    if body.count(b"&") >= limits.fields * 2:  # before anything is built
        raise too_many_fields(limits)
    text = decode(body, "ascii" if codec == "utf-8" and body.isascii() else codec)
    try:
        return parse_qsl(text, keep_blank_values=True, encoding=codec, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("broken text: the percent-encoded bytes are not in the declared charset") from None


async def read_multipart(headers: Headers, body: bytes, codec: str, limits: Limits) -> list[tuple[str, str]]:
    """The text parts of a multipart body; files are named, not kept. Raises Malformed, Problem 422."""

    async def once() -> Any:
        yield body

    try:
        parser = MultiPartParser(headers, once(), max_files=10, max_fields=limits.fields)
        form = await parser.parse()
    except MultiPartException as error:
        if "Too many" in error.message:
            raise too_many_fields(limits) from None
        raise Malformed("not a multipart body") from None
    except (FormParserError, UnicodeDecodeError, KeyError, LookupError):
        raise Malformed("not a multipart body") from None
    pairs = [(name, value if isinstance(value, str) else value.filename or "") for name, value in form.multi_items()]
    if not pairs:
        raise Malformed("not a multipart body")
    if any(value.encode(codec, "replace") not in body for pair in pairs for value in pair):
        raise Malformed(f"broken text: not {codec}")  # the parser falls back to latin-1 without a word
    return pairs


async def read_flat(headers: Headers, body: bytes, limits: Limits) -> dict[str, str]:
    """A body of any readable kind as flat text. Raises Problem 415 and 422, Malformed."""
    kind, codec = content_type(headers.get("content-type", ""))
    if kind == _JSON:
        return flatten(read_json(body, codec), limits)
    pairs = await read_multipart(headers, body, codec, limits) if kind == _MULTIPART else read_form(body, codec, limits)
    return flatten(joined(pairs), limits)


def joined(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Pairs as an object; a name that comes several times becomes a list."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: several if len(several) > 1 else several[0] for name, several in values.items()}


def flatten(value: dict[str, Any], limits: Limits) -> dict[str, str]:
    """Nested objects with dots (``contact.phones.0.number``); lists of plain values as one text joined by "; ".

    Empty values are left out. Raises Problem 422 for too many fields, Malformed for depth, NUL and lone surrogates.
    """
    flat: dict[str, str] = {}

    def put(path: str, item: Any, depth: int) -> None:
        """Enter what stands at this path, and all below it."""
        if depth > limits.depth:
            raise Malformed("nested too deeply")
        if isinstance(item, dict):
            for key, inner in item.items():
                put(f"{path}.{key}" if path else str(key), inner, depth + 1)
        elif isinstance(item, list) and any(isinstance(inner, dict | list) for inner in item):
            for n, inner in enumerate(item):
                put(f"{path}.{n}", inner, depth + 1)
        elif text := plain_text(item):
            flat[sound(path)] = sound(text)
            if len(flat) > limits.fields:
                raise too_many_fields(limits)

    put("", value, 0)
    return flat


def plain_text(item: Any) -> str:
    """A JSON value without objects inside, as text."""
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, list):
        return "; ".join(text for inner in item if (text := plain_text(inner)))
    return str(item)


def sound(text: str) -> str:
    """The text itself. Raises Malformed when it holds what no log or store should be given."""
    if "\0" in text:
        raise Malformed("NUL characters")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Malformed("broken text: half of a surrogate pair") from None
    return text


def decode(body: bytes, codec: str) -> str:
    """Strict. Raises Malformed."""
    try:
        return body.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError:
        raise Malformed(f"broken text: not {codec}") from None


def too_many_fields(limits: Limits) -> Problem:
    """The problem of a body with more fields than ``limits`` allow: the sender cuts it."""
    return Problem(422, "too_many_fields", f"A body may have {limits.fields} fields.")
