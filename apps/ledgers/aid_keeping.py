"""How long what somebody has half typed for an aid application is kept."""

import datetime as dt

from .models import AidDraft

KEEP_FOR = dt.timedelta(days=30)


def purge_drafts(now: dt.datetime) -> int:
    """Remove what nobody went on with for thirty days; its files go by their own date. How many rows."""
    return AidDraft.objects.filter(updated_at__lte=now - KEEP_FOR).delete()[0]
