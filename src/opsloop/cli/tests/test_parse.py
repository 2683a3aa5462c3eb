"""`opsloop parse`, alone and by the batch."""

from __future__ import annotations

import json
import subprocess
import sys

from click.testing import CliRunner, Result

from opsloop.cli.main import main

NOW = "2026-11-23T10:00:00"


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["parse", *arguments], input=given)


def test_it_prints_one_json_object() -> None:
    result = run("明天下午3点 写周报 2h !高 @小张 #周会 +双十一", "--now", NOW, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "title": "写周报",
        "start": "2026-11-24T15:00:00",
        "due": None,
        "estimate_minutes": 120,
        "priority": "high",
        "owner": "小张",
        "collaborators": [],
        "tags": ["周会"],
        "project": "双十一",
        "recurrence": None,
    }


def test_it_answers_with_the_offset_it_was_asked_with() -> None:
    result = run("明天 写周报", "--now", f"{NOW}+08:00", "--json")
    assert json.loads(result.stdout)["due"] == "2026-11-24T18:00:00+08:00"


def test_it_is_readable_without_json() -> None:
    result = run("明天 写周报 @小张 @小李", "--now", NOW)
    assert result.exit_code == 0
    assert result.stdout.split() == [
        "title",
        "写周报",
        "due",
        "2026-11-24T18:00:00",
        "owner",
        "小张",
        "collaborators",
        "小李",
    ]


def test_it_reads_the_clock_if_nobody_says_when() -> None:
    result = run("明天 写周报", "--json")
    assert json.loads(result.stdout)["due"].endswith("T18:00:00+08:00")


def test_it_refuses_a_time_that_is_none() -> None:
    result = run("写周报", "--now", "soon")
    assert result.exit_code == 2
    assert "--now: 'soon' is no ISO time" in result.stderr
    assert "2026-11-23T09:00" in result.stderr


def test_it_wants_either_a_text_or_a_batch() -> None:
    assert run().exit_code == 2
    assert run("写周报", "--batch").exit_code == 2


def test_a_batch_answers_line_by_line() -> None:
    asked = [{"text": "明天 写周报", "now": NOW}, {"text": "“明天” 海报", "now": f"{NOW}Z"}]
    result = run(
        "--batch", given="\ufeff" + "\n\n".join(json.dumps(line, ensure_ascii=False) for line in asked)
    )
    assert result.exit_code == 0
    assert [json.loads(line)["title"] for line in result.stdout.splitlines()] == ["写周报", "“明天” 海报"]


def test_a_batch_names_each_bad_line_and_answers_the_others() -> None:
    lines = [
        '{"text": "2h 写稿"}',
        "no json",
        "[1]",
        '{"text": 5}',
        '{"text": "a", "now": 7}',
        '{"text": "3h 写稿"}',
    ]
    result = run("--batch", "--now", NOW, given="\n".join(lines).encode() + b"\n\xff\xfe\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [answer.get("estimate_minutes") for answer in answers] == [120, None, None, None, None, 180, None]
    assert [answer["line"] for answer in answers if "error" in answer] == [2, 3, 4, 5, 7]
    assert result.stderr.count("Line ") == 5


def test_a_batch_line_needs_a_now() -> None:
    result = run("--batch", given='{"text": "明天"}\n')
    assert result.exit_code == 1
    assert '"now" is missing' in result.stderr


def test_it_starts_without_django_or_the_holidays_library() -> None:
    code = (
        "import sys; from opsloop.cli.main import main; main(['parse', '明天 x', '--now', '2026-11-23'], standalone_mode=False);"
        "sys.exit(any(name in sys.modules for name in ('django', 'holidays')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
