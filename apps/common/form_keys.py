"""The key of a form in its address: back after a lost connection, the browser asks for the same form again, and what
it restores is sent under the same key. Works without scripts, and where pages may not be kept (no-store)."""

import uuid

from django.http import HttpResponseRedirect

KEY, SENT = "form", "sent"


def key_of(request) -> uuid.UUID | None:
    """The key in the address; None where there is none that could be one."""
    try:
        return uuid.UUID(request.GET.get(KEY, ""))
    except ValueError:
        return None


def sending_address(request) -> str:
    """Where the form is sent: unlike the page's own address, so that a send that fails leaves the page one step back
    in the browser, with everything that was typed."""
    asked = request.GET.copy()
    asked[SENT] = "1"
    return f"?{asked.urlencode()}"


def keyed_address(request, key: uuid.UUID | None = None) -> HttpResponseRedirect | None:
    """Where a form without a key in its address is found with one (`key`, or a new one); None where it has one."""
    if key_of(request) is not None:
        return None
    asked = request.GET.copy()
    asked[KEY] = str(key or uuid.uuid4())
    return HttpResponseRedirect(f"{request.path}?{asked.urlencode()}")
