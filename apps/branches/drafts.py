"""Drafts of the long forms of the workbench: kept while somebody types, so that nothing is lost when the connection
goes, the page is closed or the session ends.

A form that wants it says `data-draft="<address of branches:draft>"`; static/js/draft.js sends it every few seconds and
when the page is left. Without scripts the button 先存着 does.
"""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from .access import Desk
from .models import Draft

KEEP_FOR = datetime.timedelta(days=30)
MOST = 256 * 1024
MEETING = "meeting"  # form of 记会议
SAVE = "keep_draft"  # name of the button 先存着
NOT_KEPT = {"csrfmiddlewaretoken", SAVE}


@dataclass(frozen=True)
class Kept:
    """The fields in their order, and when they were kept."""

    fields: tuple[tuple[str, str], ...]
    at: datetime.datetime

    def as_data(self) -> QueryDict:
        """As a form takes it."""
        data = QueryDict(mutable=True)
        for name, value in self.fields:
            data.appendlist(name, value)
        return data


def address_of(desk: Desk, form: str, subject: str = "") -> str:
    """Where a script sends the draft."""
    page = reverse("branches:draft", args=[desk.organisation.public_id, form])
    return f"{page}?subject={subject}" if subject else page


def _rows(desk: Desk, form: str, subject: str):
    return Draft.objects.filter(user=desk.user, organisation=desk.organisation, form=form, subject=subject)


def kept(desk: Desk, form: str, subject: str = "") -> Kept | None:
    """What this account typed last into the form at this desk, within thirty days."""
    row = _rows(desk, form, subject).filter(updated_at__gt=timezone.now() - KEEP_FOR).first()
    if row is None:
        return None
    return Kept(tuple((name, value) for name, value in json.loads(row.data)), row.updated_at)


def keep(desk: Desk, form: str, fields: Iterable[tuple[str, str]], subject: str = "") -> bool:
    """Seal the fields; False when they are too many to be a form of ours."""
    text = json.dumps([pair for pair in fields if pair[0] not in NOT_KEPT], ensure_ascii=False)
    if len(text) > MOST:
        return False
    row = _rows(desk, form, subject).first() or Draft(
        user=desk.user, organisation=desk.organisation, form=form, subject=subject
    )
    row.data, row.updated_at = text, timezone.now()
    row.save()
    return True


def merge(desk: Desk, form: str, fields: Iterable[tuple[str, str]], subject: str = "") -> bool:
    """Keep what one screen of the form says beside what the others said."""
    new = list(fields)
    names = {name for name, _ in new}
    before = kept(desk, form, subject)
    old = [pair for pair in before.fields if pair[0] not in names] if before else []
    return keep(desk, form, [*old, *new], subject)


def fields_of(data: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in data.lists() for value in values]


def drop(desk: Desk, form: str, subject: str = "") -> None:
    _rows(desk, form, subject).delete()


def purge(now: datetime.datetime) -> int:
    """Remove what nobody went on with for thirty days; how many rows."""
    return Draft.objects.filter(updated_at__lte=now - KEEP_FOR).delete()[0]
