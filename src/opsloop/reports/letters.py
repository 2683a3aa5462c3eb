"""What stands in the letters that carry reports: mail with a file beside it, and messages for groups.

`channels` sends them as it sends all letters; it asks LETTER_WRITERS of config/reactions.py for the words of those
that carry no news of the inbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opsloop.channels.models import Letter
from opsloop.channels.writing import PREFERENCES, Attachment, Group, Mail
from opsloop.engines.robots import Line, Message
from opsloop.organisation.queries.settings import current_organisation
from opsloop.paper.blocks import Paper
from opsloop.paper.fonts import NoFont
from opsloop.paper.pdf import KIND as PDF
from opsloop.paper.pdf import pdf
from opsloop.paper.word import KIND as DOCX
from opsloop.paper.word import word
from opsloop.reports import documents
from opsloop.reports.models import Posting, Report, Schedule
from opsloop.reports.queries import wording
from opsloop.reports.queries.facts import ReportFacts
from opsloop.web.templatetags.quick import address


def _posting(letter: Letter) -> Posting | None:
    """Return the posting that a letter carries, if its report still stands handed in. One query."""
    rows = Posting.objects.filter(letter=letter, sending__report__state=Report.State.SUBMITTED)
    related = ("person", "department", "project")
    return rows.select_related("sending__schedule", *(f"sending__report__{name}" for name in related)).first()


def _paper(report: Report, language: str) -> Paper:
    facts = ReportFacts.from_json(report.facts)
    parts = list(report.parts.select_related("source__person", "source__department", "source__project"))
    return documents.paper(report, facts, goals=report.goals or [], parts=parts, language=language)


def mail(letter: Letter) -> Mail | None:
    """Return the mail of a letter that carries a report; None when the report was taken back meanwhile."""
    posting, person = _posting(letter), letter.person
    if posting is None or posting.sending.report is None or person is None:
        return None
    if not person.is_active or not person.email:
        return None
    report, shape = posting.sending.report, posting.sending.schedule.shape
    site = letter.channel.site
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        paper = _paper(report, person.language)
        files, note = _files(report, paper, shape, letter)
        context = {
            "name": person.name, "language": person.language, "title": paper.title, "lede": paper.lede,
            "sentences": wording.sentences(ReportFacts.from_json(report.facts)),
            "paper": _shown(paper) if shape == Schedule.Shape.TEXT else [],
            "summary": report.words.get("summary", ""), "note": note, "site": site,
            "link": site + address("reports:read", report.pk), "sender": posting.sending.schedule.person.name,
        }  # fmt: skip
        subject = f"{report.whose} · {paper.title}"
        return Mail(
            to=person.email,
            # A header is one line, whatever a name holds.
            subject=" ".join(f"Opsloop · {subject}".split())[:200],
            text=render_to_string("reports/mail.txt", context),
            html=render_to_string("reports/mail.html", context),
            message_id=f"<{letter.key}@{urlsplit(site).hostname or 'opsloop'}>",
            unsubscribe=site + address(PREFERENCES),
            attachments=files,
        )


def _shown(paper: Paper) -> list[tuple[str, object]]:
    return [(type(one).__name__.lower(), one) for one in paper.blocks]


def _files(report: Report, paper: Paper, shape: str, letter: Letter) -> tuple[list[Attachment], str]:
    """Return the file beside a mail, and what to say of it: without a Chinese font a Word file goes instead."""
    name, site = documents.name_of(report), letter.channel.site
    note = ""
    if shape == Schedule.Shape.PDF:
        try:
            return [Attachment(f"{name}.pdf", pdf(paper, at=letter.made_at, site=site), PDF)], ""
        except NoFont:
            note = _("The server has no Chinese font for a PDF, so here is a Word file instead.")
    if shape in (Schedule.Shape.PDF, Schedule.Shape.WORD):
        return [Attachment(f"{name}.docx", word(paper, site=site), DOCX)], note
    return [], note


def group(letter: Letter) -> Group | None:
    """Return what a letter tells a group or program of a report; None when it was taken back meanwhile."""
    posting = _posting(letter)
    if posting is None or posting.sending.report is None:
        return None
    report, site = posting.sending.report, letter.channel.site
    organisation = current_organisation()
    with translation.override(organisation.language if organisation else None):
        facts = ReportFacts.from_json(report.facts)
        title = f"{report.whose} · {wording.title_of(report)} {report.period.name}"
        said = wording.sentences(facts)
        link = site + address("reports:read", report.pk)
        summary = str(report.words.get("summary", "")).strip()[:300]
        spoken = " ".join([*([summary] if summary else []), *said])
        message = Message(f"Opsloop · {title}", [Line("", spoken, _("Read the report"), link)])
    return Group(message, {"id": letter.key, "type": "report", "items": [_item(report, title, said, link)]})


def _item(report: Report, title: str, said: list[str], link: str) -> Mapping[str, object]:
    return {
        "title": title, "period": report.period.name, "kind": report.kind, "sentences": said, "url": link,
        "words": report.words,
    }  # fmt: skip
