"""Who stands above two departments: computed from the tree of departments and from who heads each of them.

A department is its path from the top, "/1/4/"; "" is the organisation as a whole, which directors head.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

Heads = Mapping[str, Sequence[int]]
ORGANISATION = ""


def chain(path: str) -> list[str]:
    """Return a department and those above it, the nearest first; the organisation is the last."""
    parts = [part for part in path.split("/") if part]
    return [f"/{'/'.join(parts[:length])}/" for length in range(len(parts), 0, -1)] + [ORGANISATION]


def common(one: str, other: str) -> str:
    """Return the nearest department that is, or stands above, both."""
    above = set(chain(other))
    return next(path for path in chain(one) if path in above)


def nearest(path: str, heads: Heads, *, besides: Collection[int] = ()) -> list[int]:
    """Return the people who head a department most nearly, in the order of `heads`; none if nobody does.

    Whoever is among `besides` is passed over, and so is a department that only they head.
    """
    passed = set(besides)
    for place in chain(path):
        found = [person for person in heads.get(place, ()) if person not in passed]
        if found:
            return found
    return []


def superior(one: str, other: str, heads: Heads, *, parties: Collection[int] = ()) -> int | None:
    """Return who decides between two departments: the head of the nearest common one, or of one further up.

    Nobody decides about their own matter: where the head is one of the `parties`, the next one up does, and finally a
    director. None: nobody is left.
    """
    found = nearest(common(one, other), heads, besides=parties)
    return found[0] if found else None
