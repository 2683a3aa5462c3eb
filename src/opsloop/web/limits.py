"""How often a public door may be knocked at: counted in the cache, so for all processes together."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def within(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Count one use of `name` by `key`; whether it is among the `most` of the present `seconds`."""
    counted = f"limit:{name}:{key}"
    if cache.add(counted, 1, seconds):
        return True
    try:
        return cache.incr(counted) <= most
    except ValueError:  # it ran out between the two
        return cache.add(counted, 1, seconds)


def knocker(request: HttpRequest) -> str:
    """Return the network address of who asks, proxies of ours left out (R26)."""
    address: str = get_adapter().get_client_ip(request)
    return address
