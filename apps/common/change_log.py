"""Reading the history of a row: who changed what, field by field (design 3).

Each event holds the row as it was *before* a change, with the time and the user of that change; the state after it
is the next event's row, or the row as it stands.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils import timezone

from . import sources
from .code_lists import names_of
from .models import AuditEntry, AuditSubject
from .partial_date import PartialDate

NOT_SHOWN = {"version", "created_at", "updated_at", "public_id", "void_reason"}
MOST = 100
LOOKS = {
    "open": "打开",
    "search": "搜索到",
    "search.outsider": "按身份证号查到（范围以外）",
    "see_contact": "看到电话和住址",
    "reveal": "查看完整内容",
    "export": "导出",
    "print": "打印",
    "list.chosen": "列入拟选名单",
}


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    at: datetime.datetime
    who: str
    what: str
    fields: list[FieldChange] = field(default_factory=list)


def event_rows(row: Model):
    """Events of a tracked row, newest first; None for a model without history."""
    model = type(row)
    if not hasattr(model, "pgh_event_model"):
        return None
    return model.pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id")


def values_at(row: Model, version: int) -> dict[str, object]:
    """Field values of `row` when it had `version`, in the form that a model form takes; empty where unknown."""
    events = event_rows(row)
    event = events.filter(version=version).first() if events is not None else None
    if event is None:
        return {}
    return {item.name: getattr(event, item.attname) for item in _shared_fields(row, event)}


def _shared_fields(row: Model, event: Model) -> list:
    names = {item.name for item in event._meta.concrete_fields}
    return [item for item in row._meta.concrete_fields if item.name in names]


def changes_of(row: Model, *, code_lists: dict[str, str], limit: int = MOST) -> list[Change]:
    """What was changed in `row`, newest first. `code_lists` maps a field to the code list its values come from."""
    events = event_rows(row)
    if events is None:
        return []
    changes = []
    after: Model = row
    for event in events.select_related("pgh_context")[:limit]:
        differing = [
            item
            for item in _shared_fields(row, event)
            if item.name not in NOT_SHOWN and getattr(event, item.attname) != getattr(after, item.attname)
        ]
        if differing:
            changes.append((event, after, differing))
        after = event
    related = _related_names(changes)
    people = _user_names(event.pgh_context.metadata.get("user") for event, _, _ in changes if event.pgh_context)
    return [
        Change(
            at=event.pgh_created_at,
            who=_who(event.pgh_context.metadata, people) if event.pgh_context else "系统",
            what=str(row._meta.verbose_name),
            fields=[
                FieldChange(
                    str(item.verbose_name),
                    shown(item, getattr(event, item.attname), code_lists, related),
                    shown(item, getattr(after, item.attname), code_lists, related),
                )
                for item in differing
            ],
        )
        for event, after, differing in changes
    ]


def _who(metadata: dict, people: dict[int, str]) -> str:
    return sources.words(metadata.get("source"), people.get(metadata.get("user"), "系统"))


def sealed_changes_of(person_id: int, labels: dict[str, str], *, limit: int = MOST) -> list[Change]:
    """Changes of encrypted fields, of which only the name is kept: from audit entries of action `change`."""
    entries = list(
        AuditEntry.objects.filter(
            subjects__person_id=person_id, action__in=("change", "add"), fields__overlap=list(labels)
        ).order_by("-id")[:limit]
    )
    people = _user_names(entry.actor_id for entry in entries)
    return [
        Change(
            at=entry.at,
            who=sources.words(entry.source, people.get(entry.actor_id, "系统")),
            what="受保护的内容",
            fields=[FieldChange(labels[name], "（不显示）", "（不显示）") for name in entry.fields if name in labels],
        )
        for entry in entries
    ]


@dataclass(frozen=True)
class Look:
    """Somebody saw a person's record: when, who, what for."""

    at: datetime.datetime
    who: str
    what: str
    reason: str


def looks_at(person_ids: Collection[int], *, days: int = 90, limit: int = MOST) -> list[Look]:
    """Who opened, searched, revealed or took out the record of a person known by these keys within `days`, newest
    first."""
    since = timezone.now() - datetime.timedelta(days=days)
    subjects = AuditSubject.objects.filter(person_id__in=person_ids, at__gt=since, entry__action__in=LOOKS)
    entries = [subject.entry for subject in subjects.select_related("entry").order_by("-at", "-pk")[:limit]]
    people = _user_names(entry.actor_id for entry in entries)
    return [Look(entry.at, people.get(entry.actor_id, "系统"), LOOKS[entry.action], entry.reason) for entry in entries]


def shown(item, value, code_lists: dict[str, str], related: dict) -> str:
    """A stored value in the words a user knows."""
    if value is None or value == "" or value == []:
        return "（空）"
    if item.is_relation:
        return related.get((item.remote_field.model, value), "（看不到）")
    if isinstance(value, bool):
        return "是" if value else "否"
    if item.name in code_lists:
        names = names_of(code_lists[item.name])
        return "、".join(names.get(code, code) for code in (value if isinstance(value, list) else [value]))
    if item.choices:
        return str(dict(item.flatchoices).get(value, value))
    if isinstance(value, PartialDate):
        return value.display()
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _related_names(changes) -> dict[tuple[type[Model], object], str]:
    wanted: dict[type[Model], set] = {}
    for event, after, differing in changes:
        for item in differing:
            if item.is_relation:
                keys = {getattr(event, item.attname), getattr(after, item.attname)} - {None}
                wanted.setdefault(item.remote_field.model, set()).update(keys)
    return {
        (model, found.pk): str(found)
        for model, keys in wanted.items()
        for found in model._base_manager.filter(pk__in=keys)
    }


def _user_names(ids: Iterable) -> dict[int, str]:
    wanted = {pk for pk in ids if pk}
    return {user.pk: str(user) for user in get_user_model()._base_manager.filter(pk__in=wanted)} if wanted else {}
