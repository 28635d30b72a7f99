"""Reads over the audit: who did what, and who looked at whom."""

import datetime
from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from apps.accounts.models import User
from apps.common.audit_actions import action_name
from apps.common.models import AuditEntry, AuditSubject
from apps.people.queries import known_ids
from apps.registry.choices import LifeEventKind

MOST = 500

# Parts of pages that an entry may name beside the columns of its record.
PART_NAMES = {
    "care": "服务等级和责任人",
    "basics": "基本信息",
    "standing": "类型、单位和待遇",
    "work": "工作和离退休",
    "contact": "联系和住处",
    "family": "家庭和生活",
    "relatives": "联系人",
    "health": "健康",
    "money": "发放",
    "events": "人员变动",
    "spans": "经历",
    "body_text": "身体状态",
    "thoughts_text": "思想动态",
    "phone_number": "电话号码",
    "phone_removed": "电话（删去）",
    "relative_phone": "联系人电话",
    "number": "电话号码",
    "name": "姓名",
    "id_number": "身份证号",
    "phone": "电话",
    "address": "住址",
    "act": "代办的事",
    "enrol": "报名办事",
    "promises": "看承诺",
    "lifeevent": "人员变动",
} | dict(LifeEventKind.choices)
LOOKED_UP_IN = ("people.Person", "registry.Cadre", "registry.Health", "people.Relative")


def target_words(target: str) -> str:
    """“老干部 2” for registry.cadre:2; a model that is gone stays as it was written."""
    label, _, key = target.partition(":")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {key}"
    except (LookupError, ValueError):
        return target


def field_words(names: list[str], target: str = "") -> str:
    """What an entry was about, in words: parts of a page, else columns of the record or of the person."""
    return "、".join(_field_name(name, target.partition(":")[0]) for name in names)


def _field_name(name: str, label: str) -> str:
    if name in PART_NAMES:
        return str(PART_NAMES[name])
    for model in (label, *LOOKED_UP_IN):
        try:
            return str(apps.get_model(model)._meta.get_field(name).verbose_name)
        except (LookupError, ValueError, FieldDoesNotExist, AttributeError):
            continue
    return name


def names_of_actors(entries: Iterable[AuditEntry]) -> dict[int | None, str]:
    """User name and name of the accounts that acted, in one query; the portal itself has none."""
    ids = {entry.actor_id for entry in entries} - {None}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "username", "display_name")
    return {None: "系统", **{pk: f"{name}（{username}）" for pk, username, name in rows}}


def looks_at(person_id: int, since: datetime.datetime) -> list[AuditEntry]:
    """Entries about a person since a moment, newest first, at most 500, those about entries merged into his included
    (ADR 0018): a look-up in an index."""
    subjects = AuditSubject.objects.filter(person_id__in=known_ids(person_id), at__gte=since).order_by("-at", "-id")
    return [subject.entry for subject in subjects.select_related("entry")[:MOST]]


def rows_of(entries: list[AuditEntry]) -> list[list]:
    """Cells of a table: when, who, what, which fields, why, from where."""
    names = names_of_actors(entries)
    return [
        [
            entry.at,
            names.get(entry.actor_id, f"账号 {entry.actor_id}"),
            action_name(entry.action),
            field_words(entry.fields, entry.target),
            entry.reason,
            entry.address,
        ]
        for entry in entries
    ]
