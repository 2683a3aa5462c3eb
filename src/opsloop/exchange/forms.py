"""Bringing a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class BringForm(forms.Form):
    """A file, or cells pasted from a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "Excel (.xlsx, .xls), CSV, a Trello board (.json), Jira issues (.csv), "
            "or hours: a detailed report of Toggl (.csv)."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.csv,.tsv,.txt,.json"}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste cells copied from a sheet, with their headings"),
        required=False,
        strip=False,
        max_length=5_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    sheet = forms.CharField(
        label=gettext_lazy("Sheet"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("The first visible sheet if you leave this empty."),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is larger than a task table can be."""
        file = self.cleaned_data["file"]
        limit = settings.OPSLOOP_MAX_IMPORT_BYTES
        if file and file.size > limit:
            sentence = _(
                "The file has %(size)s MB; at most %(limit)s MB can be imported. Remove pictures or split it."
            )
            raise ValidationError(sentence % {"size": file.size // 1_000_000, "limit": limit // 1_000_000})
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two ways."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not (cleaned.get("pasted") or "").strip():
            raise ValidationError(_("Choose a file or paste some cells."))
        return cleaned
