"""The filter language: what is written is read back, and changes keep the rest."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloop.engines.filters import (
    EVERYTHING,
    Condition,
    Group,
    Node,
    Unreadable,
    add,
    alternative,
    conditions,
    flip,
    node_at,
    normal,
    parse,
    remove,
    replace,
    write,
)
from opsloop.engines.filters.text import MOST_CONDITIONS

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("and", "or", "not")
)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
one = st.builds(Condition, names, names, st.lists(values, max_size=4).map(tuple))


def groups(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Group]:
    parts = st.lists(inner, max_size=4).map(tuple)
    return st.builds(Group, st.sampled_from(["and", "or"]), parts, st.booleans())


trees = st.recursive(one, groups, max_leaves=8)


@given(trees)
def test_what_is_written_is_read_back(tree: Node) -> None:
    assert parse(write(tree)) == normal(tree)


@given(trees)
def test_the_text_of_a_filter_is_the_only_one(tree: Node) -> None:
    assert write(parse(write(tree))) == write(tree)
    assert normal(normal(tree)) == normal(tree)


def holds(node: Node, true: set[Condition]) -> bool:
    if isinstance(node, Condition):
        return node in true
    outcomes = [holds(part, true) for part in node.parts]
    # What is empty asks for nothing; it is left out, and so is its negation.
    return ((all if node.joiner == "and" else any)(outcomes)) is not node.negated


def has_empty_group(node: Node) -> bool:
    return isinstance(node, Group) and (not node.parts or any(map(has_empty_group, node.parts)))


@given(trees.filter(lambda tree: not has_empty_group(tree)), st.data())
def test_the_normal_form_says_the_same(tree: Node, data: st.DataObject) -> None:
    every = sorted(set(conditions(tree)), key=str)
    true = {condition for condition in every if data.draw(st.booleans())}
    assert holds(normal(tree), true) is holds(tree, true)


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        tree = parse(text)
        assert parse(write(tree)) == tree


@given(trees, one)
def test_a_part_that_is_added_can_be_removed(tree: Node, extra: Condition) -> None:
    root = normal(tree)
    grown = add(root, extra)
    if extra in conditions(root):
        return
    assert extra in grown.parts
    assert remove(grown, (len(grown.parts) - 1,)) == root


A, B, C = (Condition(name, "any", ("1",)) for name in "abc")


def test_it_reads_groups_within_groups() -> None:
    tree = parse("or(owner.any.me,helper.any.me),due.within.next-7,tag.none.3~4")
    assert tree == Group(
        "and",
        (
            Group("or", (Condition("owner", "any", ("me",)), Condition("helper", "any", ("me",)))),
            Condition("due", "within", ("next-7",)),
            Condition("tag", "none", ("3", "4")),
        ),
    )


@pytest.mark.parametrize(
    "text", ["a", "a.", "a.b.", "a.b.'x", "or(a.b", "xor(a.b)", "a.b,", "or()", "A.b", "a.b)"]
)
def test_it_says_where_a_text_breaks_the_grammar(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


def test_more_than_a_reader_can_follow_is_no_filter() -> None:
    parse(",".join(f"a{n}.b" for n in range(MOST_CONDITIONS)))
    with pytest.raises(Unreadable):
        parse(",".join(f"a{n}.b" for n in range(MOST_CONDITIONS + 1)))
    with pytest.raises(Unreadable):
        parse("not(" * 20 + "a.b" + ")" * 20)


def test_parts_are_changed_in_place() -> None:
    root = Group("and", (A, B))
    assert alternative(root, (1,), C) == Group("and", (A, Group("or", (B, C))))
    assert replace(root, (0,), C) == Group("and", (C, B))
    assert remove(alternative(root, (1,), C), (1, 0)) == Group("and", (A, C))
    assert flip(root, ()) == Group("or", (A, B))
    assert flip(alternative(root, (1,), C), (1,)) == Group("and", (A, B, C))
    assert node_at(alternative(root, (1,), C), (1, 1)) == C
    assert node_at(root, (7,)) is None
    assert remove(Group("and", (A,)), (0,)) == EVERYTHING


def test_what_is_added_to_alternatives_must_hold_beside_them() -> None:
    assert add(Group("or", (A, B)), C) == Group("and", (Group("or", (A, B)), C))
