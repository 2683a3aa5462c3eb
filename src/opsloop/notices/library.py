"""The library of notice templates: text files that anybody can read and change (notices/suggestions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from opsloop.notices.models import Importance

FOLDER = Path(__file__).parent / "suggestions"
_IMPORTANCE: Mapping[str, str] = {
    "普通": Importance.NORMAL,
    "重要": Importance.IMPORTANT,
    "紧急": Importance.URGENT,
}
_FIELDS: Mapping[str, str] = {
    "模板": "name",
    "级别": "importance",
    "说明": "about",
    "标题": "title",
    "事由": "cause",
    "具体要求": "demands",
    "时间节点": "timing",
}


@dataclass(frozen=True)
class Suggestion:
    """One template of the library; `key` is the name of its file."""

    key: str
    name: str
    about: str
    importance: str
    title: str
    cause: str
    demands: str
    timing: str

    def values(self) -> dict[str, str]:
        """Return what a draft begins with."""
        names = ("importance", "title", "cause", "demands", "timing")
        return {name: getattr(self, name) for name in names}


@cache
def suggestions() -> Sequence[Suggestion]:
    """Return the templates of the library, the most urgent last."""
    found = [read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt"))]
    order = list(Importance.values)
    return sorted(found, key=lambda one: (order.index(one.importance), one.key))


def suggestion(key: str) -> Suggestion | None:
    """Return one template of the library."""
    return next((one for one in suggestions() if one.key == key), None)


def read(key: str, text: str) -> Suggestion:
    """Read one file.

    Raises:
        ValueError: a word at the beginning of a line is missing, or the importance is none of ours.
    """
    values: dict[str, list[str]] = {}
    current = ""
    for line in text.splitlines():
        if line.startswith("//"):
            continue
        word, colon, rest = line.partition("：")
        if colon and word in _FIELDS:
            current = _FIELDS[word]
            values[current] = [rest.strip()] if rest.strip() else []
        elif current:
            values[current].append(line.rstrip())
    missing = [word for word, name in _FIELDS.items() if name not in values]
    if missing:
        raise ValueError(f"{key}: {missing} is missing")
    said = {name: "\n".join(lines).strip() for name, lines in values.items()}
    if said["importance"] not in _IMPORTANCE:
        raise ValueError(f"{key}: no importance is called {said['importance']}")
    return Suggestion(key=key, **{**said, "importance": _IMPORTANCE[said["importance"]]})
