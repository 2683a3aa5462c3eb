"""The fonts a PDF can be set in: those of the machine and of the folder `fonts` of the installation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from opsloop.records.refusals import Refused

# Families with Chinese letters, the best for screen and paper first. A name is looked for as it begins: the same
# family is called "Noto Sans CJK SC" by one packager and "Noto Sans SC" by another.
SIMPLIFIED: Sequence[str] = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Source Han Sans",
    "PingFang SC", "Microsoft YaHei", "HarmonyOS Sans SC", "MiSans", "Alibaba PuHuiTi", "Hiragino Sans GB",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Noto Serif CJK SC", "Noto Serif SC",
    "Source Han Serif SC", "SimHei", "SimSun", "NSimSun", "FangSong", "KaiTi", "STHeiti", "STSong", "AR PL UMing CN",
)  # fmt: skip
TRADITIONAL: Sequence[str] = (
    "Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Microsoft JhengHei",
    "Noto Serif CJK TC", "PMingLiU", "MingLiU", "AR PL UMing TW",
)  # fmt: skip
FOLDER = "fonts"


class NoFont(Refused):
    """The machine has no Chinese font: squares are not handed out. Says what to do instead."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The server has no Chinese font, so a PDF would show squares. An administrator installs one (on"
                " Debian and Ubuntu: apt install fonts-noto-cjk) or puts a .ttf, .otf or .ttc file into the folder"
                " “%(folder)s” of the installation and starts Opsloop again. Until then take the Word file, or print"
                " the page from your browser."
            )
            % {"folder": FOLDER}
        )


@cache
def known() -> Any:
    """Return the fonts of the machine; reading their names takes a fifth of a second, once a process."""
    # Imported late: a server that writes no PDF need not hold the setter.
    import typst

    own = Path(settings.OPSLOOP_HOME) / FOLDER
    return typst.Fonts(font_paths=[str(own)] if own.is_dir() else [], include_embedded_fonts=False)


def chosen(families: Sequence[str], language: str) -> list[str]:
    """Return which of `families` a paper in `language` is set in, the first choice first.

    Raises:
        NoFont: none of them has Chinese letters, whatever the language: names are Chinese in all of them.
    """
    wanted = (*TRADITIONAL, *SIMPLIFIED) if language.lower() == "zh-hant" else (*SIMPLIFIED, *TRADITIONAL)
    # The setter compares names in small letters.
    by_name = {one.lower(): one for one in families}
    found = [by_name[name.lower()] for name in wanted if name.lower() in by_name]
    if not found:
        raise NoFont
    return found[:3]
