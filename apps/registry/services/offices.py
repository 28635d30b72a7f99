"""Serving leaders: appointed, moved to another post, gone; each post a row of its own, so that history stays."""

import datetime as dt

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.registry.models import ServingLeader


def _locked(leader: ServingLeader) -> ServingLeader:
    return ServingLeader.objects.select_for_update(of=("self",)).get(pk=leader.pk)


def _check_day(leader: ServingLeader, on: dt.date, field: str) -> None:
    if leader.ends_on is not None:
        raise BusinessError("这个职务已经登记了离任时间。", code="ended", field=field)
    if leader.starts_on is not None and on <= leader.starts_on:
        raise BusinessError(f"日期要晚于任职的 {leader.starts_on:%Y-%m-%d}。", code="order", field=field)


@transaction.atomic
def change_post(
    leader: ServingLeader, *, title: str, unit, since: dt.date, order_no: int, office_phone: str, actor, request=None
) -> ServingLeader:
    """End the leader's post on the day `since` (exclusive) and begin the new one on it; gives the new row."""
    old = _locked(leader)
    _check_day(old, since, "since")
    if title == old.title and unit == old.unit:
        raise BusinessError("职务和单位都没有变。", code="same", field="title")
    old.ends_on = since
    old.save(update_fields=["ends_on"])
    new = ServingLeader.objects.create(
        leader_key=old.leader_key,
        name=old.name,
        title=title,
        unit=unit,
        order_no=order_no,
        starts_on=since,
        office_phone=office_phone,
        user=old.user,
    )
    _note("leader.change_post", old, actor, request)
    return new


@transaction.atomic
def leave(leader: ServingLeader, *, on: dt.date, actor, request=None) -> None:
    """The leader leaves office: `on` is the first day without it."""
    old = _locked(leader)
    _check_day(old, on, "on")
    old.ends_on = on
    old.save(update_fields=["ends_on"])
    _note("leader.leave", old, actor, request)


def _note(action: str, leader: ServingLeader, actor, request) -> None:
    audit.record(action, actor=actor, target=f"registry.servingleader:{leader.pk}", request=request)
