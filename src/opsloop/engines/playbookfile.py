"""Templates as text that anybody can read and write: one line a step, indented under what it belongs to.

    模板：双11大促
    类型：项目
    说明：……
    角色：主负责人、设计、投放
    节点：需求收集 | 24小时 | 主负责人 | 产出 需求清单
    节点：方案制定 | 48小时 | 主负责人 | 产出 活动方案 | 接上一节点

    - 目标拆解 | 第1-2天 | 6小时 | 主负责人 | 关联5 | 紧急高 | 类别 活动策划 | #双11
      标准：……
      清单：……；……
      - 拆到品类 | 第1天 | 2小时
    - 会场搭建 | 截止前5天 | 共3天 | 等1 | 关键节点

What stands between the bars may come in any order. What nobody understands is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from opsloop.engines.playbook import Node, Outline, Step, numbers, tidy_levels

_HOURS = re.compile(r"(\d+(?:\.\d+)?)\s*小时")
_MINUTES = re.compile(r"(\d+)\s*分钟")
_DAY = re.compile(r"第(\d+)(?:[-–—](\d+))?天")
_BEFORE_END = re.compile(r"截止前(\d+)天")
_DAYS = re.compile(r"共(\d+)天")
_AFTER = re.compile(r"等\s*([\d.、, ]+)")
_URGENCY = {"紧急高": "high", "紧急中": "medium", "紧急低": "low"}
INDENT = 2


class BadLineError(ValueError):
    """A line that is not understood; `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line = line
        self.text = text


@dataclass(frozen=True)
class _Draft:
    """A step as it was read, the numbers it waits for not looked up yet."""

    step: Step
    waits: tuple[str, ...]
    line: int


def read(text: str) -> Outline:
    """Return the template that `text` describes.

    Raises:
        BadLineError: a line is not understood, or names a role or a step that does not exist.
    """
    head: dict[str, str] = {}
    nodes: list[Node] = []
    drafts: list[_Draft] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("//"):
            continue
        if line.startswith("- "):
            drafts.append(_step(raw, number))
            continue
        key, colon, value = line.partition("：")
        if not colon:
            raise BadLineError(number, line)
        if key == "节点":
            nodes.append(_node(value, number))
        elif key in {"标准", "清单"} and drafts:
            drafts[-1] = _detail(drafts[-1], key, value.strip())
        elif key in {"模板", "类型", "说明", "角色"}:
            head[key] = value.strip()
        else:
            raise BadLineError(number, line)
    return _whole(head, nodes, drafts)


def _step(raw: str, number: int) -> _Draft:
    level = (len(raw) - len(raw.lstrip())) // INDENT + 1
    title, *parts = (part.strip() for part in raw.strip()[2:].split("|"))
    draft = _Draft(Step(title=title, level=level), (), number)
    for part in filter(None, parts):
        draft = _fact(draft, part)
    return draft


def _fact(draft: _Draft, part: str) -> _Draft:
    for pattern, change in _FACTS:
        match = pattern.fullmatch(part)
        if match:
            return replace(draft, step=replace(draft.step, **change(match)))
    if waits := _AFTER.fullmatch(part):
        return replace(draft, waits=tuple(re.findall(r"[\d.]+", waits[1])))
    if part in _URGENCY:
        return replace(draft, step=replace(draft.step, urgency=_URGENCY[part]))
    if part == "关键节点":
        return replace(draft, step=replace(draft.step, is_milestone=True))
    if part.startswith("类别 "):
        return replace(draft, step=replace(draft.step, category=part[3:].strip()))
    if part.startswith("#"):
        tags = tuple(tag.lstrip("#") for tag in part.split())
        return replace(draft, step=replace(draft.step, tags=tags))
    return replace(draft, step=replace(draft.step, role=part))


def _days(match: re.Match[str]) -> dict[str, Any]:
    first, last = int(match[1]), int(match[2] or match[1])
    return {"offset": first - 1, "days": last - first + 1}


_FACTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, Any]]], ...] = (
    (_HOURS, lambda found: {"minutes": round(float(found[1]) * 60)}),
    (_MINUTES, lambda found: {"minutes": int(found[1])}),
    (_DAY, _days),
    (_BEFORE_END, lambda found: {"offset": int(found[1]), "from_due": True}),
    (_DAYS, lambda found: {"days": int(found[1])}),
    (re.compile(r"关联([1-5])"), lambda found: {"importance": int(found[1])}),
)


def _node(value: str, number: int) -> Node:
    title, *parts = (part.strip() for part in value.split("|"))
    node = Node(title=title)
    for part in filter(None, parts):
        if hours := _HOURS.fullmatch(part):
            node = replace(node, hours=round(float(hours[1])))
        elif day := _DAY.fullmatch(part):
            node = replace(node, offset=int(day[1]) - 1)
        elif part.startswith("产出"):
            node = replace(node, output=part[2:].strip())
        elif part == "接上一节点":
            node = replace(node, follows=True)
        elif node.role:
            raise BadLineError(number, part)
        else:
            node = replace(node, role=part)
    return node


def _detail(draft: _Draft, key: str, value: str) -> _Draft:
    if key == "标准":
        return replace(draft, step=replace(draft.step, deliverable=value))
    lines = tuple(one.strip() for one in re.split("[；;]", value) if one.strip())
    return replace(draft, step=replace(draft.step, checklist=lines))


def _whole(head: dict[str, str], nodes: list[Node], drafts: list[_Draft]) -> Outline:
    if not head.get("模板"):
        raise BadLineError(1, "模板")
    roles = tuple(one.strip() for one in head.get("角色", "").split("、") if one.strip())
    levels = tidy_levels([draft.step.level for draft in drafts])
    places = {name: place for place, name in enumerate(numbers(levels))}
    steps = []
    for draft, level in zip(drafts, levels, strict=True):
        unknown = [wait for wait in draft.waits if wait not in places]
        if unknown or (draft.step.role and draft.step.role not in roles):
            raise BadLineError(draft.line, "、".join(unknown) or draft.step.role)
        steps.append(replace(draft.step, level=level, after=tuple(places[wait] for wait in draft.waits)))
    for node in nodes:
        if node.role and node.role not in roles:
            raise BadLineError(1, node.role)
    return Outline(
        name=head["模板"],
        is_project=head.get("类型", "项目") == "项目",
        description=head.get("说明", ""),
        roles=roles,
        steps=tuple(steps),
        nodes=tuple(nodes),
    )
