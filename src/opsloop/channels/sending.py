"""Sends letters. The other side is called outside any transaction; a letter sent twice carries the same key (R5)."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn, cast

from django.core.mail import EmailMultiAlternatives, get_connection
from django_tasks import task

from opsloop.background import queue
from opsloop.channels import carriage, failing, writing
from opsloop.channels.models import Channel, Letter
from opsloop.channels.secrets import unlock
from opsloop.channels.words import ERRORS
from opsloop.engines import robots
from opsloop.web import clock, outbound

# Seconds for one mail server to answer; robots have those of web/outbound.py.
MAIL_SECONDS = 15
# What could have gone so long ago, and did not, is no news any more: it stands in the inbox.
STALE = timedelta(days=1)
# Seconds until a paused channel is asked again.
PAUSED_SECONDS = 300
# Trying again without a change cannot help.
FINAL = frozenset(
    {"address", "scheme", "userinfo", "port", "private", "key", "signature", "keyword", "gone", "refused", "redirects",
     "login", "sender"}
)  # fmt: skip


@task(queue_name=queue.OUTSIDE)
def send(letters: list[int]) -> None:
    """Send letters of one channel; what was sent before is passed over."""
    rows = Letter.objects.filter(pk__in=letters, state=Letter.State.WAITING)
    rows.filter(made_at__lt=clock.now() - STALE).update(state=Letter.State.DROPPED)
    found = list(rows.select_related("channel__department", "person").order_by("pk"))
    if not found:
        return
    channel = found[0].channel
    if channel.state == Channel.State.REMOVED:
        rows.update(state=Letter.State.DROPPED)
        return
    if channel.state == Channel.State.PAUSED and any(letter.kind != Letter.Kind.TEST for letter in found):
        raise queue.Later(PAUSED_SECONDS)
    if channel.is_mail:
        _send_mails(channel, found)
    else:
        for letter in found:
            _send_to_robot(channel, letter)


def give_up(letters: Sequence[int]) -> None:
    """Mark what still waits as failed: the queue has given up."""
    Letter.objects.filter(pk__in=letters, state=Letter.State.WAITING, error="").update(error="tries")
    Letter.objects.filter(pk__in=letters, state=Letter.State.WAITING).update(state=Letter.State.FAILED)


def revive(letters: Sequence[int]) -> None:
    """Let failed letters wait again."""
    Letter.objects.filter(pk__in=letters, state=Letter.State.FAILED).update(
        state=Letter.State.WAITING, error=""
    )


queue.hear(send, given_up=give_up, revived=revive)


def _send_mails(channel: Channel, letters: Sequence[Letter]) -> None:
    with _mail_server(channel, letters[0]) as server:
        for letter in letters:
            mail = carriage.mail(letter)
            if mail is None:
                _end(letter, Letter.State.DROPPED)
                continue
            try:
                _post(channel, server, mail)
            except smtplib.SMTPRecipientsRefused as refused:
                if all(_is_for_now(code) for code, _text in refused.recipients.values()):
                    _fail(channel, letter, "busy")
                _end(letter, Letter.State.FAILED, error="recipient")
            except smtplib.SMTPSenderRefused as refused_sender:
                _fail(channel, letter, "busy" if _is_for_now(refused_sender.smtp_code) else "sender")
            except (smtplib.SMTPException, OSError):
                _fail(channel, letter, "broken")
            else:
                _end(letter, Letter.State.SENT)


def _is_for_now(code: int) -> bool:
    """Whether a mail server refuses for the time being: it is busy, or wants to see a second try (RFC 5321, 4.2.1)."""
    return 400 <= code < 500


@contextmanager
def _mail_server(channel: Channel, letter: Letter) -> Iterator[Any]:
    """Hold a connection to the mail server of a channel; without a host of its own it is that of EMAIL_URL."""
    options = channel.options
    password = unlock(channel.secret_locked)
    if password is None:
        _fail(channel, letter, "key")
    if options.get("host"):
        server = get_connection(
            "django.core.mail.backends.smtp.EmailBackend",
            host=options["host"],
            port=options["port"],
            username=options.get("user", ""),
            password=password,
            use_tls=options.get("security") == "starttls",
            use_ssl=options.get("security") == "tls",
            timeout=MAIL_SECONDS,
        )
    else:
        server = get_connection()
    try:
        server.open()
    except smtplib.SMTPAuthenticationError:
        _fail(channel, letter, "login")
    except TimeoutError:
        _fail(channel, letter, "slow")
    except (smtplib.SMTPException, OSError):
        _fail(channel, letter, "unreachable")
    try:
        yield server
    finally:
        server.close()


def _post(channel: Channel, server: Any, mail: writing.Mail) -> None:
    headers = {
        "Message-ID": mail.message_id,
        "List-Unsubscribe": f"<{mail.unsubscribe}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        channel.options.get("sender") or None,
        [mail.to],
        connection=server,
        headers=headers,
    )
    message.attach_alternative(mail.html, "text/html")
    if mail.calendar is not None:
        message.attach_alternative(mail.calendar.text, f"text/calendar; method={mail.calendar.method}")
    for one in mail.attachments:
        message.attach(one.name, one.content, one.kind)
    message.send()


def _send_to_robot(channel: Channel, letter: Letter) -> None:
    said = carriage.group(letter)
    if said is None:
        _end(letter, Letter.State.DROPPED)
        return
    url, secret = unlock(channel.address_locked), unlock(channel.secret_locked)
    if url is None or secret is None:
        _fail(channel, letter, "key")
    kind = cast("robots.Kind", channel.kind)
    # The other side compares the time with its own: that of the machine counts, not that of a sample.
    at = queue.machine_now()
    if kind == "webhook":
        request = robots.webhook(str(url), str(secret), said.data, key=letter.key, at=at)
    else:
        request = robots.request(kind, str(url), str(secret), said.message, key=letter.key, at=at)
    try:
        answer = outbound.post(request.url, request.body, headers=request.headers)
    except outbound.OutboundError as error:
        _fail(channel, letter, error.code)
    verdict = robots.verdict(kind, answer.status, answer.body)
    if verdict == "busy":
        raise queue.Later(_retry_after(answer) or robots.PAUSES[kind])
    if verdict != "ok":
        _fail(channel, letter, "redirects" if answer.status in outbound.REDIRECTS else verdict)
    _end(letter, Letter.State.SENT)


def _retry_after(answer: outbound.Answer) -> int:
    text = answer.headers.get("retry-after", "")
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _end(letter: Letter, state: Letter.State, *, error: str = "") -> None:
    sent_at = clock.now() if state == Letter.State.SENT else None
    rows = Letter.objects.filter(pk=letter.pk, state=Letter.State.WAITING)
    rows.update(state=state, error=error, sent_at=sent_at)


def _fail(channel: Channel, letter: Letter, code: str) -> NoReturn:
    """Note a try that failed, pause the channel if there were too many, and have the queue go on from here.

    Raises:
        queue.Hopeless: trying again cannot help.
        queue.Failed: it may help. Neither holds an address or what a server said.
    """
    failing.note(channel=channel, letter=letter, code=code, at=clock.now())
    if code in FINAL or letter.kind == Letter.Kind.TEST:
        raise queue.Hopeless(str(ERRORS[code]))
    raise queue.Failed(str(ERRORS[code]))
