"""What was being sent when the page was locked or the session ended: kept sealed for an hour, for whoever sent it, in
the same browser only."""

import datetime
import json
import secrets
from dataclasses import dataclass

from django.utils import timezone

from apps.common import crypto

from .models import KeptPost

KEEP_FOR = datetime.timedelta(hours=1)
MOST = 512 * 1024
# In the session: what the kept fields are bound to, with the account. It outlives the session's own id.
KEY = "kept_key"


@dataclass(frozen=True)
class Kept:
    """Where it was going and its fields in order; `dropped_files`: there were files, which are not kept."""

    path: str
    fields: tuple[tuple[str, str], ...]
    dropped_files: bool

    @property
    def longest(self) -> str:
        """What the user wrote most of: he knows it again by that."""
        return max((value for _, value in self.fields), key=len, default="")


def _digest(key: str) -> bytes:
    return crypto.blind_index("kept_post", key)


def _place(key: str, user_id: int) -> bytes:
    return crypto.place("accounts.keptpost", key, user_id)


def keep(request, *, user_id: int | None = None) -> bool:
    """Seal the fields of a POST; False when it is too large or holds nothing worth keeping. Passwords and files are
    left out. `user_id`: who sent it, where his session has just ended."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    text = json.dumps([request.get_full_path(), fields, bool(request.FILES)], ensure_ascii=False)
    if not fields or len(text) > MOST:
        return False
    purge(timezone.now())
    key, user_id = request.session.setdefault(KEY, secrets.token_urlsafe(24)), user_id or request.user.pk
    KeptPost.objects.update_or_create(
        session_digest=_digest(key),
        defaults={
            "user_id": user_id,
            "sealed": crypto.encrypt(text, _place(key, user_id)),
            "kept_at": timezone.now(),
        },
    )
    return True


def kept_for(request) -> Kept | None:
    """What this session was sending, within the hour."""
    key, user_id = request.session.get(KEY, ""), request.user.pk
    row = KeptPost.objects.filter(
        session_digest=_digest(key), user_id=user_id, kept_at__gt=timezone.now() - KEEP_FOR
    ).first()
    if row is None:
        return None
    try:
        path, fields, dropped = json.loads(crypto.decrypt(row.sealed, _place(key, user_id)))
    except crypto.Undecryptable:
        return None
    return Kept(path, tuple((name, value) for name, value in fields), dropped)


def forget(request) -> None:
    KeptPost.objects.filter(session_digest=_digest(request.session.get(KEY, ""))).delete()


def purge(now: datetime.datetime) -> int:
    """Remove what is older than an hour; how many rows."""
    return KeptPost.objects.filter(kept_at__lte=now - KEEP_FOR).delete()[0]
