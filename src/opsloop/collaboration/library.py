"""The library of request forms: text files that anybody can read and change (collaboration/suggestions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from opsloop.collaboration.models import FormField

FOLDER = Path(__file__).parent / "suggestions"
_HEADS: Mapping[str, str] = {
    "表单": "name",
    "简介": "about",
    "说明": "guide",
    "需要工作日": "lead_days",
    "交付标准": "standard",
}
_KINDS: Mapping[str, str] = {
    "单行": FormField.Kind.LINE,
    "多行": FormField.Kind.TEXT,
    "数字": FormField.Kind.NUMBER,
    "日期": FormField.Kind.DATE,
    "单选": FormField.Kind.CHOICE,
    "多选": FormField.Kind.MANY,
    "是否": FormField.Kind.CHECK,
    "链接": FormField.Kind.LINK,
}


@dataclass(frozen=True)
class Suggestion:
    """One form of the library; `key` is the name of its file, `questions` are fields as the actions take them."""

    key: str
    name: str
    about: str
    guide: str
    standard: str
    lead_days: int
    questions: Sequence[Mapping[str, Any]]

    def values(self) -> dict[str, Any]:
        """Return what a form begins with, but for its questions."""
        return {name: getattr(self, name) for name in ("name", "guide", "standard", "lead_days")}


@cache
def suggestions() -> Sequence[Suggestion]:
    """Return the forms of the library."""
    return [read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt"))]


def suggestion(key: str) -> Suggestion | None:
    """Return one form of the library."""
    return next((one for one in suggestions() if one.key == key), None)


def read(key: str, text: str) -> Suggestion:
    """Read one file.

    Raises:
        ValueError: a word at the beginning of a line is missing, a kind is none of ours, a list lacks its choices.
    """
    values: dict[str, list[str]] = {}
    questions: list[Mapping[str, Any]] = []
    current = ""
    for line in text.splitlines():
        word, colon, rest = line.partition("：")
        if line.startswith("//"):
            continue
        if line.startswith("- "):
            questions.append(_question(key, line.removeprefix("- ")))
        elif colon and word in _HEADS:
            current = _HEADS[word]
            values[current] = [rest.strip()] if rest.strip() else []
        elif current:
            values[current].append(line.rstrip())
    missing = [word for word, name in _HEADS.items() if name not in values]
    if missing:
        raise ValueError(f"{key}: {missing} is missing")
    said: dict[str, Any] = {name: "\n".join(lines).strip() for name, lines in values.items()}
    return Suggestion(key=key, questions=questions, **{**said, "lead_days": int(said["lead_days"])})


def _question(key: str, line: str) -> Mapping[str, Any]:
    parts = [part.strip() for part in line.split("｜")]
    label, kind, asked, options, explains = [*parts, "", "", ""][:5]
    if kind not in _KINDS:
        raise ValueError(f"{key}: no kind of answer is called {kind}")
    found = [one.strip() for one in options.split("；") if one.strip()]
    if _KINDS[kind] in {FormField.Kind.CHOICE, FormField.Kind.MANY} and len(found) < 2:
        raise ValueError(f"{key}: {label} lacks its choices")
    return {
        "label": label, "kind": _KINDS[kind], "required": asked == "必填", "options": found, "help": explains,
    }  # fmt: skip
