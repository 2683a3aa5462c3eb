"""Which tasks a layout of boards looks at, as its address says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

from opsloop.web.http import PageRequest
from opsloop.work.queries.lists import ListState


def read(request: PageRequest, *, keep: Sequence[str] = (), whole_projects: bool = False) -> ListState:
    """Return the view that the address asks for; `keep` names what the layout itself has in it.

    An address that names a project and no scope means everything in it that one may see, also what is done
    if `whole_projects`.
    """
    state = ListState.read(request.GET, keep=keep)
    if state.project and "scope" not in request.GET:
        state = replace(state, scope="all")
        if whole_projects and state.only_open:
            state = replace(state, status=("any",))
    return state


def full_address(state: ListState) -> str:
    """Return the query string that says everything, whatever an address without a scope would mean."""
    address = state.address()
    return address if "scope=" in address else f"{address}&scope={state.scope}"


def island_key(state: ListState) -> str:
    """Return a short name of what is shown: an island under another name is a new one, not a changed one."""
    return f"{crc32(state.address().encode()):08x}"
