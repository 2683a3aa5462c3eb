"""Writes a comment as HTML: every character escaped, and only links, names and quotations marked."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from opsloop.engines.language.remarks import Block, Run

register = template.Library()


@register.simple_tag
def comment_text(blocks: Sequence[Block]) -> SafeString:
    """Return the blocks of a comment: paragraphs and quotations with their line breaks."""
    return mark_safe("".join(_block(block) for block in blocks))  # noqa: S308 (put together of escaped parts)


def _block(block: Block) -> SafeString:
    lines = mark_safe("<br>".join(_line(line) for line in block.lines))  # noqa: S308 (each is escaped)
    return format_html("<blockquote>{}</blockquote>" if block.is_quote else "<p>{}</p>", lines)


def _line(runs: Sequence[Run]) -> SafeString:
    return format_html_join("", "{}", ((_run(run),) for run in runs))


def _run(run: Run) -> SafeString:
    if run.kind == "link":
        return format_html(
            '<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>', run.text
        )
    if run.kind == "name":
        return format_html('<span class="named">{}</span>', run.text)
    return format_html("{}", run.text)
