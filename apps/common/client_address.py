"""Where a request comes from, behind proxies we trust and no others."""

import ipaddress
from contextvars import ContextVar
from functools import lru_cache

from django.conf import settings

UNKNOWN = ""
_current: ContextVar = ContextVar("current_request", default=None)


class ClientAddressMiddleware:
    """Remembers the request while it is served, for audit entries written by services and forms."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _current.set(request)
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)


def address_of_request() -> str:
    """Address of the request being served in this thread; empty in jobs and commands."""
    return client_address(_current.get())


def user_of_request():
    """Who is signed in at the request being served in this thread; None for visitors, in jobs and commands."""
    user = getattr(_current.get(), "user", None)
    return user if user is not None and user.is_authenticated else None


def is_sending() -> bool:
    """Whether the request being served sends something in; True in jobs and commands, where there is none."""
    request = _current.get()
    return request is None or request.method not in ("GET", "HEAD", "OPTIONS")


def client_address(request) -> str:
    """Address of the nearest hop that is not one of `TRUSTED_PROXIES`; empty when it cannot be known.

    X-Forwarded-For is read from the right, so that a client cannot choose its own address. A peer on a Unix socket
    has no address and counts as trusted when `unix` is listed.
    """
    if request is None:
        return UNKNOWN
    peer = request.META.get("REMOTE_ADDR") or "unix"
    if not _is_trusted(peer):
        return _clean(peer)
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_trusted(hop):
            return _clean(hop)
    return _clean(hops[0]) if hops else _clean(peer)


def is_trusted_peer(request) -> bool:
    """Whether the machine that hands this request on is one of `TRUSTED_PROXIES`: its other headers are believed."""
    return _is_trusted(request.META.get("REMOTE_ADDR") or "unix")


def is_within(address: str, networks: list[str]) -> bool:
    """Whether an address lies in one of the networks (`10.1.0.0/16`, single addresses too)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in _networks(tuple(networks)))


def _is_trusted(hop: str) -> bool:
    trusted = settings.TRUSTED_PROXIES
    return hop in trusted or is_within(hop, [entry for entry in trusted if entry != "unix"])


@lru_cache(maxsize=16)
def _networks(entries: tuple[str, ...]):
    return tuple(ipaddress.ip_network(entry, strict=False) for entry in entries)


def _clean(hop: str) -> str:
    """The address in its shortest form; what is none (a forged header) is dropped."""
    try:
        return str(ipaddress.ip_address(hop))
    except ValueError:
        return UNKNOWN
