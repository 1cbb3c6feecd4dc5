"""Notices to the owner of a new lead: what is said, how it is signed, and to whom it may be sent.

Sent as Standard Webhooks (standardwebhooks.com, HMAC-SHA256), or as the short text that 企业微信 and Slack take. A notice holds
masked values and a link; who follows the link must show a token. Only hosts that are listed get anything, over https, and never
an address of a private network unless the configuration says so; no redirect is followed.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

import httpx
import msgspec

from gateway.signatures import standard_key

Kind = Literal[
    "new_lead", "again", "given", "warning", "lapsed",
    "case_opened", "case_decided", "case_appealed", "case_overdue", "share_asked",
]  # fmt: skip
Format = Literal["standard", "wecom", "slack"]
#: How long a receiver may take.
ANSWER_S = 5.0

_SAYS: dict[Kind, tuple[str, str]] = {
    "new_lead": ("New lead for {member}", "{member} 有新线索"),
    "again": ("A customer of {member} got in touch again", "{member} 的客户再次来访"),
    "given": ("{member} has been given a customer", "{member} 接手一位客户"),
    "warning": ("A customer of {member} is about to go to the pool", "{member} 的客户即将回收至公海"),
    "lapsed": ("A customer of {member} went to the pool", "{member} 的客户已回收至公海"),
    "case_opened": ("A dispute about a customer concerns {member}", "{member} 涉及一起撞单争议"),
    "case_decided": ("The dispute that concerns {member} is decided", "涉及 {member} 的争议已裁决"),
    "case_appealed": ("The decision of a dispute that concerns {member} is appealed", "涉及 {member} 的争议裁决被申诉"),
    "case_overdue": ("A dispute that concerns {member} was not decided in time", "涉及 {member} 的争议逾期未裁决"),
    "share_asked": ("{member} is asked to agree to shares of a customer", "请 {member} 确认业绩分配"),
}


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """``id`` is the same however often it is sent: receivers drop repeats by it. ``about``: masked values."""

    id: str
    kind: Kind
    member: str
    at_ms: int
    contact: str = ""
    name: str = ""
    about: str = ""
    receipt: str = ""


class Target(msgspec.Struct, frozen=True):
    """Where notices go. ``hosts`` may be sent to; ``private`` lets addresses of private networks and plain http through."""

    url: str
    secret: str
    format: Format = "standard"
    hosts: frozenset[str] = frozenset()
    private: bool = False
    link: str = ""  # of the console, as people reach it
    chinese: bool = False


class Refused(Exception):
    """A notice that must not be sent there. Trying again does not help."""


class Undelivered(Exception):
    """The receiver did not take it. Try again."""


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises OSError."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


def body_of(notice: Notice, target: Target) -> bytes:
    """What is sent."""
    if target.format == "standard":
        link = target.link and f"{target.link}#{notice.receipt}"
        return msgspec.json.encode(
            {"type": f"customer.{notice.kind}", "data": {**msgspec.to_builtins(notice), "link": link}}
        )
    head = _SAYS[notice.kind][target.chinese].format(member=notice.name or notice.member)
    text = "\n".join(filter(None, (head, notice.about, target.link)))
    if target.format == "wecom":
        mentioned = [notice.contact] if notice.contact else []
        return msgspec.json.encode({"msgtype": "text", "text": {"content": text, "mentioned_list": mentioned}})
    return msgspec.json.encode({"text": text})


def signed(notice: Notice, body: bytes, secret: str, now_ms: int) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    sent_at = str(now_ms // 1_000)
    digest = hmac.new(standard_key(secret), f"{notice.id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": notice.id, "webhook-timestamp": sent_at, "webhook-signature": signature}


async def send(notice: Notice, target: Target, now_ms: int, *, lookup: Resolve = resolve) -> None:
    """Deliver one notice. Raises Refused, Undelivered; neither names the address or what was sent."""
    url = urlsplit(target.url)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    if url.scheme != "https" and not (target.private and url.scheme == "http"):
        raise Refused("notices go over https")
    if host not in target.hosts:
        raise Refused("the host is not among those that may be sent to; list it under notify.hosts")
    try:
        addresses = await asyncio.to_thread(lookup, host, port)
    except OSError:
        raise Undelivered("the host has no address") from None
    if not target.private and not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise Refused("the host is on a private network; set notify.private if that is meant")
    body = body_of(notice, target)
    headers = {"Host": url.netloc.rpartition("@")[2], "Content-Type": "application/json"}
    headers |= signed(notice, body, target.secret, now_ms)
    # Connect to the address that was looked at: the name may lead elsewhere the next time it is asked.
    pinned = httpx.URL(target.url).copy_with(host=addresses[0])
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False, follow_redirects=False) as http:
        request = http.build_request("POST", pinned, content=body, headers=headers, extensions={"sni_hostname": host})
        try:
            answer = await http.send(request)
        except httpx.HTTPError as error:
            raise Undelivered(f"the receiver did not answer ({type(error).__name__})") from None
    if not answer.is_success:
        raise Undelivered(f"the receiver answered {answer.status_code}")
