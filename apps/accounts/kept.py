"""What was being sent when the page was locked: kept sealed for an hour, for the same session only."""

import datetime
import json
from dataclasses import dataclass

from django.utils import timezone

from apps.common import crypto

from .models import KeptPost

KEEP_FOR = datetime.timedelta(hours=1)
MOST = 512 * 1024


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


def _digest(session_key: str) -> bytes:
    return crypto.blind_index("kept_post", session_key)


def _place(session_key: str, user_id: int) -> bytes:
    return crypto.place("accounts.keptpost", session_key, user_id)


def keep(request) -> bool:
    """Seal the fields of a POST; False when it is too large or holds nothing worth keeping. Passwords and files are
    left out."""
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
    key, user_id = request.session.session_key, request.user.pk
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
    key, user_id = request.session.session_key, request.user.pk
    row = KeptPost.objects.filter(
        session_digest=_digest(key or ""), user_id=user_id, kept_at__gt=timezone.now() - KEEP_FOR
    ).first()
    if row is None:
        return None
    try:
        path, fields, dropped = json.loads(crypto.decrypt(row.sealed, _place(key, user_id)))
    except crypto.Undecryptable:
        return None
    return Kept(path, tuple((name, value) for name, value in fields), dropped)


def forget(session_key: str | None) -> None:
    KeptPost.objects.filter(session_digest=_digest(session_key or "")).delete()


def purge(now: datetime.datetime) -> int:
    """Remove what is older than an hour; how many rows."""
    return KeptPost.objects.filter(kept_at__lte=now - KEEP_FOR).delete()[0]
