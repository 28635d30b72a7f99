"""Accounts of old comrades and of their families; what a death ends; forms to sign."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.personal_accounts import open_personal_account
from apps.branches.services.sign_in import account_of
from apps.common import audit, papers
from apps.common.errors import BusinessError
from apps.common.models import Paper
from apps.people import proxies
from apps.people.choices import LifeStatus
from apps.people.models import Person, PersonAccount, ProxyGrant
from apps.registry.choices import LifeEventKind
from apps.registry.models import Cadre, LifeEvent

from .event_day import day_of

FORM = "家属授权书"
FORM_BACK = dt.timedelta(days=30)


@transaction.atomic
def open_own_account(person: Person, *, actor, on: dt.date) -> User:
    """An account for the person himself: the one he has already (of a post, too), else a new one. Again: the same."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.life_status != LifeStatus.LIVING or person.voided_at is not None:
        raise BusinessError("这位老同志现在不能开立账号，请先看他的情况。", code="not_living")
    user = account_of(person) or open_personal_account(person.name[:40], actor=actor)
    row, made = PersonAccount.objects.get_or_create(
        user=user, person=person, defaults={"is_proxy": False, "starts_on": on}
    )
    if not made and row.ends_on is None and not row.is_proxy:
        return user
    if not made:
        row.is_proxy, row.ends_on, row.closed_by_event = False, None, None
        row.starts_on = min(row.starts_on, on)
        row.save(update_fields=["is_proxy", "ends_on", "closed_by_event", "starts_on"])
    audit.record("own_account.open", actor=actor, people=[person.pk], target=f"accounts.user:{user.pk}")
    return user


@transaction.atomic
def close_own_account(person: Person, *, actor, on: dt.date) -> bool:
    """He wants none any more: from today on the account shows nothing of his. Again: nothing. His branch posts stay."""
    rows = PersonAccount.objects.select_for_update().filter(person=person, is_proxy=False, ends_on__isnull=True)
    closed = 0
    for row in rows:
        row.ends_on = max(on, row.starts_on)
        row.save(update_fields=["ends_on"])
        audit.record("own_account.close", actor=actor, people=[person.pk], target=f"accounts.user:{row.user_id}")
        closed += 1
    return bool(closed)


def own_account(person_id: int, on: dt.date) -> User | None:
    """The account that stands for the person today."""
    row = PersonAccount.objects.filter(person_id=person_id, is_proxy=False, ends_on__isnull=True, starts_on__lte=on)
    found = row.select_related("user").order_by("pk").first()
    return found.user if found else None


@transaction.atomic
def open_proxy_account(grant: ProxyGrant, *, actor, on: dt.date) -> User:
    """An account for the relative: the one he has by another grant (for the other parent), else a new one."""
    grant = ProxyGrant.objects.select_for_update(of=("self",)).select_related("relative").get(pk=grant.pk)
    if grant.user is not None:
        return grant.user
    if not grant.is_current(on):
        raise BusinessError("授权还没有生效，或者已经停止、到期，不能开立账号。", code="not_current")
    if grant.relative.phone_index is None:
        raise BusinessError("这位家属没有登记电话。请先在联系人里登记他的手机号，登录验证码发到那里。", code="phone")
    user = _account_by_other_grant(grant) or open_personal_account(grant.relative.name[:40], actor=actor)
    proxies.give_account(grant, user, actor=actor)
    return user


def _account_by_other_grant(grant: ProxyGrant) -> User | None:
    """Same name, same telephone: the same daughter, acting for both parents or with an earlier grant."""
    relative = grant.relative
    held = ProxyGrant.objects.filter(
        user__is_active=True, relative__name=relative.name, relative__phone_index=relative.phone_index
    ).exclude(pk=grant.pk)
    found = held.select_related("user").order_by("-pk").first()
    return found.user if found else None


@transaction.atomic
def print_form(grant: ProxyGrant, *, actor, on: dt.date) -> Paper:
    """The form to sign, waited for as paper. Printed again it is the same paper as long as it is still out."""
    grant = ProxyGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if grant.paper is not None and grant.paper.state in papers.OUT:
        return grant.paper
    unit = Cadre.objects.filter(pk=grant.person_id).values_list("managing_unit_id", flat=True).first()
    paper = papers.print_paper(
        FORM, FORM, f"people.proxygrant:{grant.pk}", actor=actor, unit_id=unit, due_on=on + FORM_BACK,
        people=[grant.person_id],
    )  # fmt: skip
    proxies.attach_paper(grant, paper)
    return paper


@transaction.atomic
def take_form_back(grant: ProxyGrant, *, signed_on: dt.date, data: bytes | None, actor, on: dt.date) -> ProxyGrant:
    """The signed form is here, with its scan unless that was taken back before: the grant holds from now on.

    Raises BusinessError where there is neither a scan nor a form that came back.
    """
    paper = grant.paper
    if paper is None:
        raise BusinessError("请先打印授权书，签好以后再登记收回。", code="no_paper")
    if data:
        scan = papers.store_scan(paper, data, actor=actor)
        if paper.state in papers.OUT:
            papers.take_back(paper, scan, actor=actor, on=on)
        elif paper.scan_id is None:
            papers.add_scan(paper, scan, actor=actor)
    elif paper.scan_id is None:
        raise BusinessError("请选签好的授权书的扫描件或照片。", code="scan", field="scan")
    return proxies.confirm_signed(grant, signed_on=signed_on, actor=actor, today=on)


def end_by_death(event: LifeEvent, undo: bool) -> list[str]:
    """Life handler: a death ends grants and the person's own account; undone, exactly these stand again."""
    if event.kind != LifeEventKind.DIED:
        return []
    if undo:
        return proxies.reopen_after_death(event.person_id, event.pk)
    proxies.close_by_death(event.person_id, event.pk, on=day_of(event, timezone.localdate()))
    return []
