"""The yearly notice, in its own words and as a table."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.holidaynotice import FESTIVALS, read_notice
from opsloop.engines.workcalendar import china

# The arrangement for 2026 as it was announced, in the usual form.
NOTICE_2026 = """关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def kinds(text: str, year: int = 2026) -> dict[date, str]:
    notice = read_notice(text, year=year)
    assert notice.problems == ()
    return {day.date: day.kind for day in notice.days}


def test_it_reads_one_holiday_with_its_make_up_days():
    days = kinds("国庆节：10月1日至7日放假调休，共7天。9月20日（周日）、10月10日（周六）上班")
    assert [day for day, kind in days.items() if kind == "makeup"] == [date(2026, 9, 20), date(2026, 10, 10)]
    assert sum(kind == "holiday" for kind in days.values()) == 7


def test_a_whole_notice_agrees_with_the_library_on_every_workday_of_the_year():
    notice = read_notice(NOTICE_2026, year=1999)
    assert (notice.year, notice.is_complete, notice.problems) == (2026, True, ())
    library = china([2026])
    ours = library.with_overrides(notice.days, announced=[2026])
    every = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    assert [day for day in every if ours.is_workday(day) != library.is_workday(day)] == []


def test_it_leaves_out_what_is_only_encouraged():
    days = kinds(
        "春节：2月10日至17日放假调休，共8天。2月4日（周日）上班。鼓励单位安排职工在除夕（2月9日）休息。", 2024
    )
    assert date(2024, 2, 9) not in days
    assert days[date(2024, 2, 4)] == "makeup"


def test_it_reads_over_the_turn_of_the_year():
    days = kinds("元旦：12月30日至1月1日放假调休，共3天。", 2024)
    assert sorted(days) == [date(2023, 12, 30), date(2023, 12, 31), date(2024, 1, 1)]


def test_two_festivals_may_share_a_holiday():
    notice = read_notice("国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。", year=2025)
    assert notice.festivals == {"国庆节", "中秋节"}
    assert len(notice.days) == 8


def test_it_names_a_weekday_that_does_not_fit_the_year():
    notice = read_notice("国庆节：10月1日至7日放假。10月10日（周六）上班", year=2027)
    assert [(p.code, p.line) for p in notice.problems] == [("weekday_differs", 1)]


def test_it_names_a_date_that_does_not_exist():
    notice = read_notice("清明节：4月31日放假。", year=2026)
    assert [p.code for p in notice.problems] == ["bad_date"]


def test_an_incomplete_notice_says_which_festivals_are_missing():
    notice = read_notice("元旦：1月1日放假。", year=2026)
    assert not notice.is_complete
    assert notice.missing == FESTIVALS[1:]


def test_it_reads_a_table_with_chinese_and_english_words():
    days = kinds("日期,类型,名称\n2026-10-01,holiday,国庆节\n2026/10/10,上班,\n10月12日\tworkday\t")
    assert list(days.values()) == ["holiday", "makeup", "workday"]


def test_a_bad_row_of_a_table_is_named_by_its_line():
    notice = read_notice(
        "2026-10-01,holiday,国庆节\n2026-13-01,holiday,x\n2026-10-02,maybe,x\n胡,holiday,", year=2026
    )
    assert [(p.code, p.line) for p in notice.problems] == [
        ("bad_date", 2),
        ("bad_kind", 3),
        ("unreadable", 4),
    ]


@given(
    st.text(
        alphabet=st.sampled_from("元旦国庆节：，。、至（）周六日月年10239放假上班休共天鼓励,\n-\t \x00𠮷"),
        max_size=80,
    )
)
def test_any_text_gets_an_answer(text: str):
    notice = read_notice(text, year=2026)
    assert list(notice.days) == sorted(notice.days, key=lambda day: day.date)
