"""Projects: shown to everybody, ended."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.choices import OfferingState
from apps.volunteers.choices.shifts import ProjectState
from apps.volunteers.models import Project

from .shifts import hide_shifts, open_shifts


@transaction.atomic
def publish_project(project: Project, *, actor: User, now: dt.datetime) -> Project:
    """Everybody sees it and may ask for places in its shifts. Once more does nothing; one that ended opens again.
    See rule book 10.11."""
    row = _locked(project)
    if row.state == ProjectState.OPEN:
        return row
    if row.team.closed_on is not None:
        raise BusinessError("这支队已经解散，不能再招募。", code="closed")
    return _set(row, ProjectState.OPEN, "project.publish", actor, open_shifts, now)


@transaction.atomic
def hide_project(project: Project, *, actor: User, now: dt.datetime) -> Project:
    """Nobody sees it for now; shifts that somebody asked for stay."""
    row = _locked(project)
    if row.state == ProjectState.DRAFT:
        return row
    return _set(row, ProjectState.DRAFT, "project.hide", actor, hide_shifts, now)


@transaction.atomic
def close_project(project: Project, *, actor: User, now: dt.datetime) -> Project:
    """It ended: no more shifts are made. Refused while shifts lie ahead, which are cancelled by name first."""
    row = _locked(project)
    if row.state == ProjectState.CLOSED:
        return row
    ahead = row.shifts.filter(
        on__gte=timezone.localdate(now), voided_at__isnull=True,
        offering__state__in=(OfferingState.OPEN, OfferingState.DRAFT),
    ).count()  # fmt: skip
    if ahead:
        raise BusinessError(f"后面还排着 {ahead} 班。请先结束每周班次或者逐班取消，会通知报了名的人。", code="ahead")
    return _set(row, ProjectState.CLOSED, "project.close", actor, None, now)


def _locked(project: Project) -> Project:
    row = Project.objects.select_for_update(of=("self",)).select_related("team").get(pk=project.pk)
    if row.voided_at is not None:
        raise BusinessError("这个项目已经作废。", code="void")
    return row


def _set(row: Project, state: str, action: str, actor: User, follow, now: dt.datetime) -> Project:
    row.state = state
    row.save(update_fields=["state"])
    if follow is not None:
        follow(row, now=now)
    audit.record(action, actor=actor, target=f"volunteers.project:{row.pk}")
    return row
