"""Single cells: dates, durations, answers and names as people write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.sheets import Cell, Grid, read_tasks
from opsloop.engines.sheets.answers import read_progress, read_status, read_urgency, read_yes
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.dates import Clock, read_moment, read_period
from opsloop.engines.sheets.durations import read_minutes
from opsloop.engines.sheets.messages import LANGUAGES, SENTENCES, render
from opsloop.engines.sheets.people import read_people

CLOCK = Clock(date(2026, 11, 23), ZoneInfo("Asia/Shanghai"))
NOV_30 = date(2026, 11, 30)
NOV_30_18 = datetime(2026, 11, 30, 18)


@pytest.mark.parametrize(
    "cell",
    [
        "2026/11/30", "2026-11-30", "2026.11.30", "2026年11月30日", "11月30日", "11-30", "11.30", "11/30", "30/11/2026",
        "11/30/2026", "２０２６／１１／３０", "１１月３０日", "26/11/30", "11/30/26", "26年11月30日", "46356", 46356.0, 20261130,
        "20261130", "11月30日（周一）", "11/30(周一)", "11月30日前", "11月底", "Nov 30", "30 Nov 2026", "November 30, 2026",
        "30-Nov-26", "2026-11-30 00:00:00", "十一月三十日", "二〇二六年十一月三十日", "11月30号", "截止11月30日", "11月30日下班前",
        "11月30日之前完成", "by Nov 30th", "2026\\11\\30", "11－30", NOV_30, datetime(2026, 11, 30),
    ],
)  # fmt: skip
def test_it_reads_a_day(cell: Cell) -> None:
    moment = read_moment(cell, CLOCK)
    assert moment == NOV_30
    assert not isinstance(moment, datetime)


@pytest.mark.parametrize(
    "cell",
    [
        "2026年11月30日 18:00", "2026.11.30 18:00", "11月30日下午6点", "11月30日18点", "20261130 18:00", "46356.75", 46356.75,
        "11月30日 18:00前", "2026-11-30T10:00:00.000Z", "2026-11-30T18:00:00+08:00", "2026-11-30 18:00:00",
        "30/Nov/26 6:00 PM", "Nov 30, 2026 6:00 PM", "11/30(周一) 18：00", "2026年11月30日18时", NOV_30_18,
        datetime(2026, 11, 30, 17, 59, 59, 999000),
    ],
)  # fmt: skip
def test_it_reads_a_day_with_its_time(cell: Cell) -> None:
    assert read_moment(cell, CLOCK) == NOV_30_18


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("待定", "not_a_date"), ("尽快", "not_a_date"), ("下周五", "not_a_date"), ("月底", "not_a_date"), ("11月", "not_a_date"),
        ("Q4", "not_a_date"), ("2026", "not_a_date"), ("12:00", "not_a_date"), ("2026-11-30~2026-12-02", "not_a_date"),
        ("2月30日", "no_such_date"), ("2026/13/45", "no_such_date"), ("2026-02-29", "no_such_date"),
        ("05/06/2026", "ambiguous_date"), ("2026/11/30 25:00", "no_such_time"), ("1899-12-31", "date_out_of_range"),
        (0.75, "not_a_date"), (11.3, "not_a_date"), (True, "not_a_date"), (time(18), "not_a_date"),
        (timedelta(hours=3), "not_a_date"), (float("nan"), "not_a_date"), (float("inf"), "not_a_date"), (1e308, "not_a_date"),
        (date(1900, 1, 5), "date_out_of_range"),
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_single_day(cell: Cell, code: str) -> None:
    with pytest.raises(BadCellError) as refused:
        read_moment(cell, CLOCK)
    assert refused.value.code == code


@given(st.dates(date(2026, 5, 26), date(2027, 5, 22)))
def test_a_day_without_a_year_is_the_nearest_one(day: date) -> None:
    for text in (f"{day.month}月{day.day}日", f"{day.month}/{day.day}", f"{day.month:02}-{day.day:02}"):
        assert read_moment(text, CLOCK) == day


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)).map(
        lambda one: one.replace(second=0, microsecond=0)
    )
)
def test_every_way_to_write_a_moment_means_the_same(moment: datetime) -> None:
    expected = moment.date() if moment.time() == time() else moment
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    for cell in (
        moment,
        f"{moment:%Y-%m-%d %H:%M}",
        f"{moment:%Y/%m/%d %H:%M:%S}",
        f"{moment:%Y年%m月%d日 %H:%M}",
        serial,
    ):
        assert read_moment(cell, CLOCK) == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("11/23-11/27", (11, 23), (11, 27)), ("2026-11-23 至 2026-11-27", (11, 23), (11, 27)), ("11月23日-27日", (11, 23), (11, 27)),
        ("2026/11/23-11/27", (11, 23), (11, 27)), ("11.23—11.27", (11, 23), (11, 27)), ("2026-11-23~2026-11-27", (11, 23), (11, 27)),
        ("2026-11-23 起", (11, 23), None), ("至 2026-11-27", None, (11, 27)), ("2026-11-27", None, (11, 27)),
    ],
)  # fmt: skip
def test_it_divides_a_period(text: str, start: tuple[int, int] | None, end: tuple[int, int] | None) -> None:
    expected = tuple(date(2026, *one) if one else None for one in (start, end))
    assert read_period(text, CLOCK) == expected


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("2h", 120), ("2.5小时", 150), ("30min", 30), ("1天", 480), ("半天", 240), ("1.5", 90), ("1小时30分", 90), ("1h30m", 90),
        ("1:30", 90), ("两小时", 120), ("一天", 480), ("半小时", 30), ("一个半小时", 90), ("两个半小时", 150), ("1天半", 720),
        ("2个半天", 480), ("0.5天", 240), ("1人天", 480), ("2周", 4800), ("约2小时", 120), ("２小时", 120), ("2 H", 120),
        ("90分钟", 90), ("2 days", 960), ("1 hour 30 minutes", 90), ("2小時30分鐘", 150), ("十五分钟", 15), (2.0, 120),
        (time(2, 30), 150), (timedelta(hours=26), 1560), ("-", None), ("无", None), (None, None),
    ],
)  # fmt: skip
def test_it_reads_a_duration(cell: Cell, minutes: int | None) -> None:
    assert read_minutes(cell, "h") == minutes


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2-3小时", "duration_range"), ("2~3h", "duration_range"), ("2到3天", "duration_range"), ("两三天", "duration_range"),
        ("0", "duration_not_positive"), ("-2", "duration_not_positive"), (-1.0, "duration_not_positive"),
        ("abc", "not_a_duration"), ("待定", "not_a_duration"), ("2小时/天", "not_a_duration"), ("10000", "duration_too_long"),
        (float("nan"), "duration_not_positive"), (float("inf"), "duration_too_long"), (date(1900, 1, 2), "not_a_duration"),
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_single_duration(cell: Cell, code: str) -> None:
    with pytest.raises(BadCellError) as refused:
        read_minutes(cell, "h")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("高", "high"), ("紧急", "high"), ("緊急", "high"), ("P0", "high"), ("High", "high"), ("【高】", "high"), ("高 High", "high"),
        ("P0(紧急)", "high"), ("★★★", "high"), ("🔴", "high"), ("中", "medium"), ("一般", "medium"), ("P2", "medium"), ("低", "low"),
        ("不紧急", "low"), ("不急", "low"), ("P3", "low"), ("LOW", "low"), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_it_reads_an_urgency(text: str, urgency: str | None) -> None:
    assert read_urgency(text) == urgency


@pytest.mark.parametrize("text", ["非常", "1", "高/低", "待定", "看情况"])
def test_it_refuses_what_is_no_urgency(text: str) -> None:
    with pytest.raises(BadCellError):
        read_urgency(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三", ("张三",)), ("张三/李四", ("张三", "李四")), ("张三、李四，王五", ("张三", "李四", "王五")), ("张三 李四", ("张三", "李四")),
        ("张　三", ("张三",)), ("@张三", ("张三",)), ("张三（主）、李四(协助)", ("张三", "李四")), ("王芳(大)", ("王芳(大)",)),
        ("Li Wei", ("Li Wei",)), ("Ann Lee & Bo", ("Ann Lee", "Bo")), ("待定", ()), ("/", ()), ("张三\n李四", ("张三", "李四")),
        ("张三、张三", ("张三",)), ("何和平", ("何和平",)),
    ],
)  # fmt: skip
def test_it_reads_names(text: str, names: tuple[str, ...]) -> None:
    assert read_people(text) == names


def test_it_reads_yes_no_status_and_progress() -> None:
    assert [read_yes(cell) for cell in ("是", "√", "否", "×", "Y", True, "-")] == [
        True,
        True,
        False,
        False,
        True,
        True,
        None,
    ]
    assert [read_status(cell) for cell in ("□进行中", "已完成", "Done", "延期", "不知道")] == [
        "in_progress",
        "done",
        "done",
        "delayed",
        None,
    ]
    assert [read_progress(cell) for cell in ("50%", 0.5, "80", 1.0, "")] == [50, 50, 80, 100, None]


def test_every_sentence_stands_in_three_languages_with_the_same_slots() -> None:
    for code, sentences in SENTENCES.items():
        assert len(sentences) == len(LANGUAGES)
        params = {name: f"<{name}>" for name in ("row", "column", "value", "name", "first", "second", "year")}
        rendered = [render(code, params, language) for language in LANGUAGES]
        assert all("{" not in text for text in rendered)
        assert (
            len({tuple(sorted(word for word in params.values() if word in text)) for text in rendered}) == 1
        ), code


_CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(
        [
            "合计",
            "任务",
            "11/30",
            "2h",
            "高",
            "#REF!",
            "备注：x",
            "甲",
            "{value}",
            "\x00",
            "\ud800",
            "𠮷",
            "\u202ex",
        ]
    ),
)


@given(st.lists(st.lists(_CELLS, max_size=7), max_size=8))
def test_no_cell_breaks_the_reading(rows: list[list[Cell]]) -> None:
    headings = ("任务", "负责人", "目标关联度", "紧急程度", "工时", "截止", "前置任务")
    found = read_tasks(Grid("表", (headings, *(tuple(row) for row in rows))), today=CLOCK.today)
    for problem in found.problems:
        assert all(problem.message(language) for language in LANGUAGES)
    for row in found.rows:
        assert row.title
        assert row.relevance in (None, 1, 2, 3, 4, 5)
        assert row.urgency in (None, "high", "medium", "low")
        assert row.estimate_minutes is None or row.estimate_minutes > 0


@given(
    st.lists(
        st.text(min_size=1, max_size=40).map(str.strip).filter(bool), min_size=1, max_size=6, unique=True
    )
)
def test_a_task_with_an_owner_and_a_date_is_never_lost(names: list[str]) -> None:
    rows = tuple((name, "张三", 3, "高", 1.5, NOV_30) for name in names)
    headings = ("任务", "负责人", "目标关联度", "紧急程度", "工时", "截止")
    found = read_tasks(Grid("表", (headings, *rows)), today=CLOCK.today)
    reported = {problem.row for problem in found.problems}
    read = {row.row: row.title for row in found.rows}
    from opsloop.engines.sheets.kinds import _TOTALS
    from opsloop.engines.sheets.words import says_nothing, squeezed

    for place, name in enumerate(names, 2):
        if squeezed(name).strip(":：-—*【】[]()") in _TOTALS:
            continue  # a row called 合计 is a sum, whatever stands beside it
        assert read.get(place) == name or (says_nothing(name) and place in reported) or place in reported
