"""Guards over the three catalogues: complete, true to their placeholders, one term for one thing.

The texts are collected anew from the sources as `python3 dev.py messages` does, so that a text added without
its translations fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import polib
import pytest
from django.test import Client

from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import Cast
from opsloop.sample import build
from tests.guards.test_access import address, arguments, routes
from tools import messages, traditional

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
PLACEHOLDER = re.compile(r"%\(\w+\)[-+ 0#]*\d*(?:\.\d+)?[a-z]|%[sd]|\{\w*\}|%%")
# ASCII punctuation beside a Han character. A slash, a middle dot and hyphens join; code stands in backquotes.
ASCII_PUNCTUATION = re.compile(rf"[{HAN}][,;:!?()\"']|[,;:?()\"'][{HAN}]|[{HAN}]\.(?!\w)")
CODE = re.compile(r"`[^`]*`|<[^>]*>|\S+@\S+|[!@#+][\u4e00-\u9fff]+")
# What our words are, by the words that are not ours (blueprint §1). The exceptions are other things.
FORBIDDEN = {
    "里程碑": "关键节点",
    "责任人": "负责人",
    "执行人": "负责人",
    "协办": "协作人",
    "关键结果": "衡量指标",
    "子任务": "动作",
    "重要性": "目标关联度",
    "重要程度": "目标关联度",
    "预估工时": "预计耗时",
    "预估耗时": "预计耗时",
    "实际工时": "实际耗时",
    "紧急度": "紧急程度",
    "验收标准": "交付标准",
    "垃圾箱": "回收站",
    "废纸篓": "回收站",
    "截止日期": "截止时间",
    "补班": "调休上班",
    "工作历": "工作日历",
    "帐号": "账号",
    "帐户": "账号",
    "账户": "账号",
    "登陆": "登录",
    "您": "你",
    "尽快": "a day or time",
    "尽量": "what exactly",
    "适当": "how much",
}
PAGES = (
    "/", "/tasks/", "/tasks/?scope=all", "/tasks/new/", "/tasks/ranking/", "/tasks/quadrants/", "/tasks/gaps/", "/plan/",
    "/goals/", "/goals/new/", "/projects/", "/projects/new/", "/tables/", "/tables/import/", "/bin/", "/jobs/", "/search/?q=活动",
    "/palette/", "/people/", "/people/new/", "/people/invitations/", "/roles/", "/departments/", "/departments/new/",
    "/work-calendar/", "/work-calendar/notice/", "/work-calendar/days/new/", "/time-blocks/", "/time-blocks/organisation/",
    "/leave/", "/leave/new/", "/settings/", "/manage/", "/manage/organisation/",
    "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/", "/manage/numbers/task/",
)  # fmt: skip
# Pages of allauth without an argument in their address.
LIBRARY_PAGES = (
    "account_email", "account_change_password", "account_logout", "account_reauthenticate",
    "account_reset_password_done", "account_reset_password_from_key_done", "account_inactive",
    "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list",
)  # fmt: skip
# Chinese that stands in templates as it is, because no language changes it.
OF_EVERY_LANGUAGE = (
    "Opsloop 有序",
    # How the State Council words its notice, which is what the field takes.
    "国庆节：10月1日至7日放假调休，共7天。9月20日（周日）、10月10日（周六）上班。",
    # A heading of a table, inside an English text.
    "such as 任务名称",
    # What pinyin finds.
    "hdfa → 活动方案",
)


# --- the files -----------------------------------------------------------------------------------------


@cache
def catalogue(language: str) -> polib.POFile:
    """Return a catalogue as it stands in the repository."""
    return messages.read(language)


@cache
def found() -> dict[messages.Text, list[str]]:
    """Return the texts of the sources."""
    return messages.texts()


def wordings(entry: polib.POEntry) -> list[str]:
    """Return the translation of an entry in all its forms."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def edges(text: str) -> tuple[bool, bool]:
    """Say whether a text begins and ends with a blank."""
    return text[:1].isspace(), text[-1:].isspace()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_the_texts_of_the_sources_and_no_others(language: str) -> None:
    held = {messages.key(entry) for entry in catalogue(language)}
    missing = {text: found()[text] for text in set(found()) - held}
    assert not missing, f"run `python3 dev.py messages` and translate: {missing}"
    assert not held - set(found()), "run `python3 dev.py messages`: these texts are gone"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_a_guess(language: str) -> None:
    empty = [entry.msgid for entry in catalogue(language) if not all(wordings(entry))]
    assert not empty, f"translate these in {messages.place(language).relative_to(messages.ROOT)}: {empty}"
    assert not catalogue(language).fuzzy_entries()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_placeholders_and_outer_blanks(language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        singular = set(PLACEHOLDER.findall(entry.msgid))
        plural = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for form in wordings(entry):
            # A text for one may name the thing that the text for many counts.
            if set(PLACEHOLDER.findall(form)) not in (singular, plural, singular | plural):
                wrong.append((entry.msgid, form))
            # The blank after the comma of a list is part of the full-width 、.
            if entry.msgid != ", " and edges(form) != edges(entry.msgid):
                wrong.append((entry.msgid, form))
    assert not wrong


def test_english_repeats_the_texts_of_the_sources() -> None:
    assert [entry.msgid for entry in catalogue("en") if wordings(entry)[0] != entry.msgid] == []


def test_chinese_prose_uses_full_width_punctuation() -> None:
    wrong = [
        form
        for language in ("zh_Hans", "zh_Hant")
        for entry in catalogue(language)
        for form in wordings(entry)
        if ASCII_PUNCTUATION.search(CODE.sub("", form)) or "..." in form
    ]
    assert not wrong


def test_one_thing_has_one_name() -> None:
    wrong = [
        f"{form}: {word} → {ours}"
        for entry in catalogue("zh_Hans")
        for form in wordings(entry)
        for word, ours in FORBIDDEN.items()
        if word in form
    ]
    assert not wrong


# --- traditional characters ----------------------------------------------------------------------------


@cache
def simplified_only() -> frozenset[str]:
    """Return the characters that exist in simplified Chinese only, from OpenCC's table."""
    table = files("opencc").joinpath("dictionary", "STCharacters.txt").read_text("utf-8")
    pairs = [line.split("\t") for line in table.splitlines() if "\t" in line]
    # Taiwan's own standard writes 群, where the table knows 羣 alone.
    return frozenset(left for left, right in pairs if left not in right.split()) - {"群"}


def test_the_traditional_catalogue_has_no_simplified_characters() -> None:
    wrong = {
        form: "".join(sorted(simplified_only().intersection(form)))
        for entry in catalogue("zh_Hant")
        for form in wordings(entry)
        if simplified_only().intersection(form)
    }
    assert not wrong


def test_the_traditional_catalogue_follows_the_simplified_one() -> None:
    now = messages.read("zh_Hant")
    stale = traditional.derive(messages.read("zh_Hans"), now, traditional.converter())
    behind = [
        entry.msgid
        for entry, kept in zip(now, catalogue("zh_Hant"), strict=True)
        if wordings(entry) != wordings(kept)
    ]
    assert not behind, f"run `python3 dev.py messages`: {behind}"
    assert not stale, f"corrected by hand, but the simplified text has changed since: {stale}"


def pair(simplified: str, kept: str = "", comment: str = "") -> tuple[polib.POFile, polib.POFile]:
    """Return two catalogues of one text."""
    hans, hant = polib.POFile(), polib.POFile()
    hans.append(polib.POEntry(msgid="Project", msgstr=simplified))
    hant.append(polib.POEntry(msgid="Project", msgstr=kept, tcomment=comment))
    return hans, hant


def test_deriving_writes_what_is_missing_and_what_it_wrote_itself() -> None:
    convert = traditional.converter()
    hans, hant = pair("项目和文件")
    assert traditional.derive(hans, hant, convert) == []
    assert hant[0].msgstr == "專案和檔案"
    hans[0].msgstr = "项目名称"
    assert traditional.derive(hans, hant, convert) == []
    assert hant[0].msgstr == "專案名稱"


def test_deriving_keeps_what_a_person_corrected_and_says_when_to_look_again() -> None:
    convert = traditional.converter()
    hans, hant = pair("项目")
    traditional.derive(hans, hant, convert)
    hant[0].msgstr = "計畫"
    assert traditional.derive(hans, hant, convert) == []
    assert hant[0].msgstr == "計畫"
    hans[0].msgstr = "项目名称"
    assert len(traditional.derive(hans, hant, convert)) == 1
    assert hant[0].msgstr == "計畫"


# --- collecting ----------------------------------------------------------------------------------------


def test_texts_are_found_in_python_under_every_name_of_gettext() -> None:
    source = (
        "from django.utils.translation import gettext as _now, ngettext, pgettext_lazy\n"
        "_now('One ' 'line')\nngettext('%d day', '%d days', n)\npgettext_lazy('verb', 'Open')\nother('No')\n"
        "_now(constant)\n"
    )
    assert set(messages.in_python(source)) == {
        messages.Text("One line"),
        messages.Text("%d day", plural="%d days"),
        messages.Text("Open", "verb"),
    }


def test_a_text_put_together_in_the_call_is_an_error() -> None:
    source = "from django.utils.translation import gettext as _\n_(f'Hello {name}')\n"
    with pytest.raises(ValueError, match="write the text out"):
        list(messages.in_python(source, "greeting.py"))


def test_texts_are_found_in_tags_blocks_and_filters_of_templates() -> None:
    source = (
        '{% translate "Save" %}{% translate "Open" context "verb" %}{% card title=_("It\'s late") %}'
        "{% blocktranslate count n=n trimmed %}\n  {{ n }} task\n{% plural %}{{ n }} tasks{% endblocktranslate %}"
        '{{ name|default:_("Nobody") }}{# _("Not me") #}<p>_("Nor me")</p>'
    )
    assert set(messages.in_template(source)) == {
        messages.Text("Save"),
        messages.Text("Open", "verb"),
        messages.Text("It's late"),
        messages.Text("%(n)s task", plural="%(n)s tasks"),
        messages.Text("Nobody"),
    }


# --- pages ---------------------------------------------------------------------------------------------


class Words(HTMLParser):
    """Collects what a person reads or hears of a page: texts and spoken or shown attributes."""

    SILENT = {"script", "style", "template", "code", "kbd", "time"}
    SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-confirm")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        self.words += [value for name, value in attrs if name in self.SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.words.append(data)


def read_page(page: str) -> list[str]:
    """Return the texts of a page, blanks squeezed."""
    reader = Words()
    reader.feed(page)
    return [re.sub(r"\s+", " ", text).strip() for text in reader.words]


@cache
def english() -> re.Pattern[str]:
    """Return a pattern of all our English texts, their placeholders open."""

    def opened(text: str) -> str:
        parts = PLACEHOLDER.split(re.sub(r"\s+", " ", text).strip())
        return ".+".join(map(re.escape, parts))

    texts = {
        form
        for entry in catalogue("zh_Hans")
        for form in (entry.msgid, entry.msgid_plural)
        # Texts that are the same in Chinese, or all placeholder, prove nothing.
        if re.search(r"[A-Za-z]{3}", PLACEHOLDER.sub("", form)) and entry.msgid not in wordings(entry)
    }
    return re.compile("|".join(opened(text) for text in sorted(texts, key=len, reverse=True)))


def untranslated(texts: list[str]) -> Iterator[str]:
    """Yield what stands in English: one of our texts, or three English words in a row."""
    for text in texts:
        if english().fullmatch(text) or re.search(r"\b[A-Za-z][a-z]+ [a-z]+ [a-z]{2,}\b", text):
            yield text


@pytest.fixture
def sample(db: None, settings: Any, tmp_path: Path) -> Person:
    settings.OPSLOOP_HOME = tmp_path
    build.load()
    # An administrator sees the most pages.
    return Person.objects.filter(role_assignments__role="admin").earliest("pk")


def pages(person: Person) -> Iterator[tuple[str, list[str]]]:
    """Yield the main pages and one page of each kind of record, as this person reads them."""
    from opsloop.goals.models import Goal
    from opsloop.work.models import Project, Task

    client = Client()
    client.force_login(person)
    records = [
        *(f"/tasks/{task.pk}/" for task in Task.objects.visible_to(person).filter(goal__isnull=False)[:3]),
        *(f"/goals/{goal.pk}/" for goal in Goal.objects.visible_to(person)[:2]),
        *(f"/projects/{project.pk}/" for project in Project.objects.visible_to(person)[:1]),
        f"/people/{person.pk}/",
    ]
    for url in (*PAGES, *records):
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, url
        yield url, read_page(answer.content.decode())


@pytest.mark.once
def test_no_page_shows_an_untranslated_text(sample: Person) -> None:
    # What gettext never sees is missed by every language alike; whole catalogues are checked above.
    sample.language = "zh-hans"
    sample.save()
    left = {url: texts for url, all_texts in pages(sample) if (texts := list(untranslated(all_texts)))}
    assert not left


@pytest.mark.once
def test_no_address_answers_an_untranslated_text(cast: Cast) -> None:
    cast.admin.language = "zh-hans"
    cast.admin.save()
    client = Client()
    client.force_login(cast.admin)
    known = arguments(cast)
    left = {}
    # Addresses of libraries are among them: their texts are said in our words.
    for name in (*routes(), *LIBRARY_PAGES):
        answer = client.get(address(name, known))
        if answer.get("Content-Type", "").startswith("text/html"):
            texts = list(untranslated(read_page(answer.content.decode())))
            left |= {name: texts} if texts else {}
    assert not left


def test_templates_hold_no_chinese_of_their_own() -> None:
    wrong = {
        str(path.relative_to(messages.PACKAGE)): found
        for path in messages.sources(messages.PACKAGE)
        if path.suffix == ".html" and "style" not in path.name
        if (found := [line.strip() for line in path.read_text("utf-8").splitlines() if holds_chinese(line)])
    }
    assert not wrong, (
        f"write these in English inside {{% translate %}}, or name them in OF_EVERY_LANGUAGE: {wrong}"
    )


def holds_chinese(line: str) -> bool:
    """Say whether a line of a template holds Chinese words that are not the same in every language."""
    for words in OF_EVERY_LANGUAGE:
        line = line.replace(words, "")
    return bool(re.search(f"[{HAN}]", line))


def test_an_untranslated_text_would_be_noticed() -> None:
    page = (
        '<p>Week plan</p><button title="Restore">恢复</button><p>3 tasks are overdue</p><p>周计划 OP-001</p>'
    )
    assert list(untranslated(read_page(page))) == ["Week plan", "Restore", "3 tasks are overdue"]
