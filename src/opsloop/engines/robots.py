"""How the robots of group chats and webhooks are spoken to: what is sent, how it is signed, what answers mean.

Formats follow the public documents of each: DingTalk "custom robot" (open.dingtalk.com), WeCom "group robot"
(developer.work.weixin.qq.com, path/91770), Feishu "custom bot" (open.feishu.cn), Slack "incoming webhooks", and for
programs "Standard Webhooks" (standardwebhooks.com).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlsplit

Kind = Literal["dingtalk", "wecom", "feishu", "slack", "webhook"]
Verdict = Literal["ok", "busy", "signature", "keyword", "gone", "refused", "server"]
# Messages a minute. DingTalk and WeCom shut a robot for ten minutes after the 21st: a little below that.
LIMITS: Mapping[str, int] = {"dingtalk": 18, "wecom": 18, "feishu": 60, "slack": 50}
# Seconds to wait when the other side asks for fewer messages without saying how long.
PAUSES: Mapping[str, int] = {"dingtalk": 600, "wecom": 60, "feishu": 60, "slack": 30, "webhook": 30}
# Bytes of one message; WeCom takes 4096 of markdown, the others about 20 kB.
ROOM: Mapping[str, int] = {"dingtalk": 18_000, "wecom": 4_000, "feishu": 18_000, "slack": 18_000}


@dataclass(frozen=True)
class Line:
    """One piece of news for a group: for whom, what happened, to what, and where that is."""

    to: str
    sentence: str
    title: str
    url: str


@dataclass(frozen=True)
class Message:
    """What a group is told. `more` says how many further lines there are, "" if none."""

    head: str
    lines: Sequence[Line]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class Request:
    """One POST."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def request(kind: Kind, url: str, secret: str, message: Message, *, key: str, at: datetime) -> Request:
    """Return the POST that tells a robot of `message`; sent again it carries the same `key`."""
    if kind == "dingtalk":
        url, payload = _dingtalk_url(url, secret, at), _dingtalk(message)
    elif kind == "feishu":
        payload = {**_feishu_signature(secret, at), **_feishu(message)}
    elif kind == "wecom":
        payload = {"msgtype": "markdown", "markdown": {"content": _markdown(message, ROOM["wecom"])}}
    else:
        payload = {"text": _slack(message)}
    return Request(url, _headers(key), _json(payload))


def webhook(url: str, secret: str, data: Mapping[str, Any], *, key: str, at: datetime) -> Request:
    """Return the POST that tells a program; signed as Standard Webhooks say, over key, time and body."""
    body = _json(data)
    stamp = str(int(at.timestamp()))
    headers = {**_headers(key), "webhook-id": key, "webhook-timestamp": stamp}
    if secret:
        signed = hmac.new(secret.encode(), f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = "v1," + base64.b64encode(signed).decode("ascii")
    return Request(url, headers, body)


def verdict(kind: Kind, status: int, body: bytes) -> Verdict:
    """Return what an answer means."""
    if status == 429:
        return "busy"
    if status in (404, 410):
        return "gone"
    if status in (401, 403) and kind in ("webhook", "slack"):
        return "signature"
    if status >= 500:
        return "server"
    if not 200 <= status < 300:
        return "refused"
    return _said(kind, body)


# What the robots put into an answer whose status is 200.
_CODES: Mapping[str, Mapping[int, Verdict]] = {
    "dingtalk": {
        0: "ok",
        130101: "busy",
        410100: "busy",
        310000: "signature",
        300001: "gone",
        400101: "gone",
    },
    "wecom": {0: "ok", 45009: "busy", 45033: "busy", 93000: "gone", -1: "server"},
    "feishu": {0: "ok", 11232: "busy", 9499: "busy", 19021: "signature", 19024: "keyword", 19001: "gone"},
}


def _said(kind: Kind, body: bytes) -> Verdict:
    codes = _CODES.get(kind)
    if codes is None:
        return "ok"
    try:
        said = json.loads(body)
        code = int(next(said[name] for name in ("errcode", "code", "StatusCode") if name in said))
    except (ValueError, TypeError, StopIteration):
        return "refused"
    if code == 310000 and "keyword" in str(said.get("errmsg", "")):
        return "keyword"
    return codes.get(code, "refused")


def _headers(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key}


def _json(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")


def _signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode("ascii")


def _dingtalk_url(url: str, secret: str, at: datetime) -> str:
    if not secret:
        return url
    stamp = str(int(at.timestamp() * 1000))
    sign = quote(_signed(secret, f"{stamp}\n{secret}"), safe="")
    return f"{url}{'&' if urlsplit(url).query else '?'}timestamp={stamp}&sign={sign}"


def _feishu_signature(secret: str, at: datetime) -> dict[str, str]:
    """Feishu takes time and secret as the key and signs nothing with it."""
    if not secret:
        return {}
    stamp = str(int(at.timestamp()))
    return {"timestamp": stamp, "sign": _signed(f"{stamp}\n{secret}", "")}


def _dingtalk(message: Message) -> dict[str, Any]:
    return {
        "msgtype": "markdown",
        "markdown": {"title": message.head, "text": _markdown(message, ROOM["dingtalk"])},
    }


def _feishu(message: Message) -> dict[str, Any]:
    rows: list[list[dict[str, str]]] = [
        [
            {"tag": "text", "text": f"{line.to}{line.sentence} "},
            {"tag": "a", "text": line.title, "href": line.url},
        ]
        for line in message.lines
    ]
    if message.more:
        rows.append([{"tag": "a", "text": message.more, "href": message.more_url}])
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": message.head, "content": rows}}}}


def _markdown(message: Message, room: int) -> str:
    """Return the message as markdown in at most `room` bytes; whole lines only."""
    lines = [f"#### {_plain(message.head)}"]
    size = len(lines[0].encode())
    end = f"\n\n[{_plain(message.more)}]({message.more_url})" if message.more else ""
    for line in message.lines:
        text = f"\n\n- {_plain(line.to)}{_plain(line.sentence)} [{_plain(line.title)}]({line.url})"
        size += len(text.encode())
        if size + len(end.encode()) > room:
            break
        lines.append(text)
    return "".join(lines) + end


def _plain(text: str) -> str:
    """Take out what markdown would read: a title may make no link and call nobody."""
    return text.translate({ord(letter): None for letter in "[]()<>*_`#|\\\r\n"}).replace("@", "＠")


def _slack(message: Message) -> str:
    lines = [f"*{_entities(message.head)}*"]
    lines += [
        f"• {_entities(line.to)}{_entities(line.sentence)} <{line.url}|{_entities(line.title)}>"
        for line in message.lines
    ]
    if message.more:
        lines.append(f"<{message.more_url}|{_entities(message.more)}>")
    return "\n".join(lines)


def _entities(text: str) -> str:
    """Escape as Slack asks: no link, no mention out of somebody's title."""
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("|", "¦")
        .replace("\n", " ")
    )
