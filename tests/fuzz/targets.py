"""Everything that reads what others wrote. A target takes the maker of one input and feeds it; what it may raise is part of its
contract, and anything else is a finding."""

from __future__ import annotations

import asyncio
import io
import json
import struct
from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.datastructures import Headers

from gateway.calls import read_caller
from gateway.files import open_table
from gateway.headers import find_header, recognise, recognise_question
from gateway.mapping import read_mapping
from gateway.payload import Malformed, read_flat
from gateway.problems import Problem
from gateway.providers import READERS
from gateway.settings import Limits
from gateway.signatures import check_signed, check_twilio, matches, standard_key
from leads.addresses import address
from leads.companies import company
from leads.customs import custom
from leads.emails import emails
from leads.errors import BadInput, Misconfigured
from leads.fields import field_of
from leads.handles import handles
from leads.names import name
from leads.phones import phones
from leads.places import place, region
from leads.records import Door, Envelope, Evidence, IndexStats, Neighbour, Registration, Row
from leads.text import ascii_fold, fold, simplify
from leadstream.configuration import config
from leadstream.configuration.yamlfile import read as read_yaml
from leadstream.handles import Handles
from leadstream.roster_file import read_roster
from routing.values import number
from stores import codec
from stores.answers import read_answer, read_views
from stores.glance import glance
from stores.journal import taken_out
from stores.stream_entry import FIELD, pack, unpack
from streams.dead_letters import dead_letter, read_letter, redrive
from streams.intake import take
from streams.pipeline import Pipeline, TenantSpec
from streams.ports import Message
from streams.topics import RAW
from tests.fuzz.corpus import Maker
from tests.fuzz.regexes import hard, patterns
from tests.gateway import door as gate
from tests.gateway.door import NOW_MS, bearer, configured, signature
from tests.gateway.test_files import workbook

Feed = Callable[[Maker], object]
LIMITS = Limits()
#: Characters of a field that a normaliser is ever given: more is refused before (Preparation.max_value_chars).
FIELD_CHARS = 4_000
#: What bytes of our own raise when something has broken them: an ordinary error of reading.
BROKEN = (ValueError, KeyError, IndexError, struct.error, msgspec.DecodeError)
_FIELDS = (
    "name",
    "phone",
    "email",
    "company",
    "address",
    "city",
    "region",
    "wechat",
    "qq",
    "website",
    "message",
    "value",
    "birthday",
)
_KINDS = ("text", "name", "company", "address", "id", "date", "number", "category")


class Target(msgspec.Struct, frozen=True):
    """``may``: the errors it tells a person or a program by. ``share``: of the inputs; less where one costs milliseconds."""

    feed: Feed
    may: tuple[type[BaseException], ...] = ()
    share: float = 1.0


def _texts(*reads: Callable[[str], object]) -> Feed:
    def feed(maker: Maker) -> object:
        text = maker.text(FIELD_CHARS)
        return [read(text) for read in reads]

    return feed


@cache
def _pipeline() -> Pipeline:
    tenant = config.load(config.DEFAULT, {}).tenants["main"]
    return Pipeline(TenantSpec("main", b"a secret", tenant.policy(), tenant.preparation()))


def _leads(maker: Maker) -> object:
    """Two leads from their bytes to a verdict and a plan."""
    rows = tuple(
        Row(
            f"{n:032x}",
            {field: maker.sound(FIELD_CHARS) for field in maker.random.sample(_FIELDS, 5)},
        )
        for n in (1, 2)
    )
    doors: tuple[Door, ...] = ("form", "call", "import")
    door = maker.random.choice(doors)
    envelope = Envelope("main", "web", door, NOW_MS, rows)
    works = take([Message(RAW, b"", msgspec.json.encode(envelope))], {"main"}).works["main"]
    for work in works:
        _pipeline().prepare(work)
    leads = [work.lead for work in works if work.lead is not None]
    if len(leads) == 2:
        mine, other = leads
        near = Neighbour(1, (1,), (other.facts,), 1, 1)
        counts = [0] * len(_pipeline().spec.keying.keys(mine.facts, b"a secret"))
        return _pipeline().judge(mine, counts, [near], (), IndexStats(2, 0)), _pipeline().plan(mine)
    return None


def _bodies(maker: Maker) -> object:
    kind = maker.random.choice(
        ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", maker.text(60))
    )
    charset = maker.random.choice(("", "; charset=gbk", "; charset=utf-8"))
    form = b"name=%E7%8E%8B&phone=138&phone=139"
    part = b'--x\r\nContent-Disposition: form-data; name="phone"\r\n\r\n13800138000\r\n--x--\r\n'
    body = maker.json(_FIELDS) if maker.random.random() < 0.5 else maker.data([form, part])
    headers = Headers({"content-type": (kind + charset).encode("latin-1", "replace").decode("latin-1")})
    return asyncio.run(read_flat(headers, body, LIMITS))


def _providers(maker: Maker) -> object:
    answer = {
        key: maker.value() for key in ("field", "type", "text", "email", "choice", "choices", "id", "ref", "title")
    }
    column = {key: maker.value() for key in ("column_id", "column_name", "string_value")}
    some = [maker.random.choice((answer, column, maker.value(), {"id": "a", "field": {"id": "a"}})) for _ in range(3)]
    body = {
        "form_response": {
            "answers": some,
            "definition": {"fields": some},
            "hidden": maker.value(),
            "token": maker.value(),
        },
        "user_column_data": some,
        "event_id": maker.value(),
    }
    return [reader({**body, **maker.body(_FIELDS)}, LIMITS) for reader in READERS.values()]


@cache
def _sheets() -> tuple[bytes, ...]:
    rows: list[list[object]] = [
        ["姓名", "电话", "公司"],
        ["王伟", "13800138000", "安捷"],
        ["Ann", "(312) 406-3488", "Acme, Inc."],
    ]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    lines = "\n".join(
        json.dumps(dict(zip(map(str, rows[0]), row, strict=True)), ensure_ascii=False) for row in rows[1:]
    )
    return (
        *(text.encode(codec) for codec in ("utf-8-sig", "gb18030", "utf-16")),
        text.replace(",", "\t").encode(),
        lines.encode(),
        workbook(*rows),
    )


def _tables(maker: Maker) -> object:
    content = maker.data(_sheets(), 20_000)
    with open_table(content, maker.random.choice(("a.csv", "a.tsv", "a.jsonl", "a.xlsx", "a.json", ""))) as table:
        return msgspec.json.encode(list(table.rows(str))), table.preview()


def _rosters(maker: Maker) -> object:
    sheet = "member,name,level,weight,absent from,absent until\nbo,博,mid,1,2027-01-01,2027-02-01\n,,,,,\n".encode()
    policy = _pipeline().spec.policy
    file = io.BytesIO(maker.data([sheet, *_sheets()], 8_000))
    return read_roster(file, "people.csv", lambda at_ms: policy, ZoneInfo("Asia/Shanghai"), NOW_MS)


@cache
def _configurations() -> tuple[bytes, ...]:
    whole = config.DEFAULT.read_text(encoding="utf-8")
    return tuple(part.encode() for part in (whole[-3_000:], whole[:3_000], "a: &x [*x]\nb: {c: *x}\n- ? :\n"))


def _yaml(maker: Maker) -> object:
    return read_yaml(maker.data(_configurations(), 3_000).decode("utf-8", "replace")).data


def _configuration(maker: Maker) -> object:
    """A section of the shipped file with something in its place that does not belong there."""
    lines = config.DEFAULT.read_text(encoding="utf-8").splitlines()
    start = maker.random.randrange(len(lines))
    head, colon, _ = lines[start].partition(":")
    value = maker.sound(40).replace("\n", " ")
    lines[start] = f"{head}{colon} {value}" if maker.random.random() < 0.7 else value
    return config.parse("\n".join(lines), {})


@cache
def _stored() -> tuple[bytes, ...]:
    """Journal entries as the store holds them."""
    evidence = (Evidence("phone", "same", 7.5),)
    body = codec.Body(NOW_MS, "web", "form", (1, 2), "same", 0.9, 4.0, evidence, "", "", "")
    head = codec._HEAD.pack(3, 1, codec.NUMBERS["merged", "same_contact"], 9, 0, 0, 0, bytes(8), 2, 0) + b"bo"
    move = msgspec.msgpack.encode(["claim", NOW_MS, 1, "", "bo", "ab" * 16, "why"])
    return (b"o" + bytes(16) + b"\0\1" + bytes(4) + head + msgspec.msgpack.encode(body), b"m" + move)


def _journal(maker: Maker) -> object:
    packed = maker.data(_stored())
    seen = glance(packed)
    start = 19 + 4 * int.from_bytes(packed[17:19], "big")
    whole = codec.outcome_of("main", packed[1:17], packed[start:], {}) if packed[:1] == b"o" else None
    return seen, whole and msgspec.json.encode(whole)


def _writes(maker: Maker) -> object:
    write = b"\0\3" + b"".join(len(word).to_bytes(4, "big") + word for word in (b"HDEL", b"r", b"\0\0\0\1"))
    return taken_out(maker.data([write, write * 3]))


def _replies(maker: Maker) -> object:
    batch = [Registration(bytes(16), (b"P12345678", b"E12345678"), b"r")] * 2
    leads = (
        struct.pack(">IIB", 1, 1, 1) + struct.pack(">IIQ", 1, 1, 3) + b"\1\0" + struct.pack(">IIB", 2, 2, 0) + b"\0\0"
    )
    views = struct.pack(">IQIB", 7, 2, 2, 2) + struct.pack(">II", 7, 8)
    read_views(b"", maker.data([views, views * 3]))
    reply = [maker.data([leads]), struct.pack(">IQ", 1, 1), maker.data([views]), b"", [], [], 2, 0]
    return read_answer(batch, bytes((2, 2)), reply)


@cache
def _entries() -> tuple[bytes, ...]:
    messages = [Message(RAW, b"k", b"value" * 9, (("at_ms", b"1"),)) for _ in range(3)]
    return tuple(pack(messages))


def _log_entries(maker: Maker) -> object:
    return unpack(RAW, b"1767225600000-0", {FIELD: maker.data(_entries())})


def _raw_messages(maker: Maker) -> object:
    row = Row("ab" * 16, {"phone": "13800138000"})
    good = msgspec.json.encode(Envelope("main", "web", "form", NOW_MS, (row,)))
    message = Message(RAW, b"k", maker.data([good]), (("at_ms", maker.data([b"1767225600000"])),))
    taken = take([message], {"main"})
    work = next(iter(taken.works.values()))[0]
    letter = read_letter(dead_letter(work.message, event=work.event.hex(), reason="malformed", stage="prepare"))
    return redrive(letter), redrive(letter, maker.data([good]))


def _signatures(maker: Maker) -> object:
    body, given = maker.data([b"{}"]), maker.sound(400)
    spec = maker.random.choice([s for s in configured().sources.values() if s.scheme in ("hmac", "standard")])
    names = (spec.header, "webhook-id", "webhook-timestamp", "webhook-signature")
    latin = {header: maker.text(90).encode("latin-1", "replace").decode("latin-1") for header in names}
    matches(body, [given], [standard_key(maker.text(60)), b"key"])
    check_twilio(
        configured().sources["twilio"], "https://x.example/v1/calls/twilio", latin[spec.header], [(given, given)], body
    )
    check_signed(spec, latin, body, NOW_MS)
    return spec


def _tokens(maker: Maker) -> object:
    sealed = Handles("secret")
    text = maker.random.choice((sealed.of("main", 7), "0" * 32, maker.random.randbytes(16).hex()))
    return sealed.event("main", text)


def _patterns(maker: Maker) -> object:
    pattern = maker.random.choice(list(patterns().values()))
    text = hard(pattern, maker, maker.random.choice((50, 50, 300, 300, 300, FIELD_CHARS)))
    return pattern.search(text), pattern.fullmatch(text)


class _Doors:
    """The real application, asked through its own interface; whatever is asked, it answers with less than a 500."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.door = gate.Door()

    def __call__(self, maker: Maker) -> object:
        answer = self.loop.run_until_complete(self.ask(maker))
        assert answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}"
        self.door.log.messages.clear()
        self.door.memory.values.clear()
        return answer

    async def ask(self, maker: Maker) -> Any:
        self.door.clock.now_ms += 1_000  # rates are another test's business
        which = maker.random.randrange(8)
        body = maker.json([*_FIELDS, "caller", "line", "call_id", "status", "event_id", "google_key", "form_response"])
        if which < 3:
            return await self.door.form(body, maker.random.choice(("site", "hooks", "open", "tf", "ads")))
        signed = {"Content-Type": maker.random.choice(("application/json", "application/x-www-form-urlencoded"))}
        signed["X-Signature"] = signature(body)
        if which == 3:
            return await self.door.http.post("/v1/calls", content=body, headers=signed)
        if which == 4:
            signed["X-Twilio-Signature"] = maker.text(40).encode("ascii", "replace").decode()
            signed = {
                name: value.replace("\n", "").replace("\r", "").replace("\0", "") for name, value in signed.items()
            }
            return await self.door.http.post("/v1/calls/twilio", content=body, headers=signed)
        if which == 5:
            parts = {
                "source": maker.random.choice(("imports", maker.sound(20))),
                "mapping": maker.json(["fields", "kinds"]),
            }
            files = {"file": ("leads.csv", maker.data(_sheets(), 20_000))}
            return await self.door.http.post("/v1/imports", files=files, data=parts, headers=bearer())
        text = maker.sound(80)
        path = "".join(
            char if char.isalnum() and char.isascii() else f"%{byte:02x}" for char in text for byte in char.encode()[:1]
        )
        place = maker.random.choice(("/v1/receipts/", "/v1/imports/", "/v1/forms/", "/"))
        return await self.door.http.request(maker.random.choice(("GET", "POST", "PUT")), place + path, headers=bearer())


def _mapping(maker: Maker) -> object:
    return read_mapping(maker.json(["fields", "kinds"]))


def _headers(maker: Maker) -> object:
    rows = [[maker.text(60) for _ in range(maker.random.randrange(6))] for _ in range(4)]
    return find_header(rows or [[]], ("phone",)), [
        recognise(cell) or recognise_question(cell) for row in rows for cell in row
    ]


TARGETS: dict[str, Target] = {
    "phones": Target(_texts(phones, lambda text: phones(text, "US"), read_caller)),
    "mails": Target(_texts(emails)),
    "names": Target(_texts(name)),
    "companies": Target(_texts(company)),
    "addresses": Target(_texts(address)),
    "places": Target(_texts(region, place)),
    "handles": Target(_texts(handles, lambda text: handles(text, "qq", "13800138000"))),
    "custom fields": Target(_texts(*(lambda text, kind=kind: custom("f", kind, text) for kind in _KINDS))),
    "values": Target(_texts(number, field_of, fold, ascii_fold, simplify)),
    "patterns": Target(_patterns, share=0.25),
    "whole leads": Target(_leads, share=0.25),
    "headers of sheets": Target(_headers, (BadInput,)),
    "sheets": Target(_tables, (BadInput,)),
    "rosters": Target(_rosters, (BadInput,)),
    "mappings": Target(_mapping, (BadInput,)),
    "bodies": Target(_bodies, (Malformed, Problem)),
    "providers": Target(_providers, (Malformed, Problem)),
    "signatures": Target(_signatures, (Problem,)),
    "receipts": Target(_tokens),
    "yaml": Target(_yaml, (Misconfigured,)),
    "configuration": Target(_configuration, (Misconfigured,), 0.25),
    "raw messages": Target(_raw_messages),
    "log entries": Target(_log_entries, BROKEN),
    "journal entries": Target(_journal, BROKEN),
    "journal writes": Target(_writes, BROKEN),
    "replies of scripts": Target(_replies, BROKEN),
    "doors": Target(_Doors()),
}
