"""The command `opsloop check-goal`."""

from __future__ import annotations

import json
import subprocess
import sys

from click.testing import CliRunner

from opsloop.cli.main import main


def run(*arguments: str, stdin: str | bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["check-goal", *arguments], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_it_prints_json() -> None:
    code, out, _ = run("提升订单量", "--json")
    assert code == 0
    assert json.loads(out)["missing"] == ["target", "deadline"]
    assert "订单量" in out


def test_it_prints_sentences_in_the_language_of_the_goal() -> None:
    assert run("Improve quality soon")[1].startswith("vague:")
    assert "目标值" in run("尽快提升订单量")[1]


def test_it_answers_each_json_line_with_one() -> None:
    lines = '{"text": "提升订单量", "id": 1}\n\n{"text": "Q3订单量提升15%"}\n'
    code, out, _ = run("--batch", "--json", stdin=lines)
    assert code == 0
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["vague", "smart"]


def test_it_names_the_line_it_cannot_read() -> None:
    for bad in ("x", "[]", '{"text": 3}', "{}", "[" * 100_000):
        code, out, err = run("--batch", stdin=f'{{"text": "提升订单量"}}\n{bad}\n')
        assert code == 1
        assert "Line 2" in err
        assert len(out.splitlines()) == 1


def test_it_refuses_lines_that_are_not_utf8() -> None:
    code, _, err = run("--batch", stdin='{"text": "提升"}'.encode("gbk"))
    assert code == 1
    assert "UTF-8" in err


def test_it_wants_either_a_text_or_a_batch() -> None:
    assert run()[0] == run("提升", "--batch")[0] == 2


def test_it_starts_without_django() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from opsloop.cli.main import main;"
        "CliRunner().invoke(main, ['check-goal', '提升订单量']); sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
