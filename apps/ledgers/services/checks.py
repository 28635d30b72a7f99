"""当日上门核实: raised when somebody who lives alone does not answer, open until he was seen or spoken to.

All of it happens in the transaction of the contact that says so. Alarms go at any hour, to whoever is near, and are
repeated until somebody reports (issue 3; `CheckRules`).
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.branches.choices import PostKind
from apps.branches.models import Membership, Post
from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.choices import NOT_REACHED, CallOutcome, CheckResult, Method
from apps.ledgers.models import CareTier, Contact, SafetyCheck
from apps.ledgers.queries import bureau_leaders, responsible_for_cadres, section_heads
from apps.ledgers.rules import CALLS, VISITS, CheckRules
from apps.messaging.choices import DeliveryClass
from apps.messaging.models import Message
from apps.messaging.rules import Template, register_template
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.queries import rule_groups, rule_values
from apps.people.choices import LifeStatus
from apps.registry.choices import Living
from apps.registry.models import Cadre

TEMPLATE = "safety_check"
VALID = dt.timedelta(hours=24)
# An unanswered call written down the next morning still counts; older ones are history.
STILL_FRESH = dt.timedelta(days=1)
RESULT_OF_METHOD: dict[str, CheckResult] = {Method.PHONE: CheckResult.SPOKEN, Method.WECHAT: CheckResult.SPOKEN}

register_template(Template(key=TEMPLATE, label="当日上门核实", unit="位"))


def follow_contact(contact: Contact, persons: Collection[int], *, actor: User, on: dt.date) -> None:
    """Let checks follow a contact changed or voided: raise, close, or open again what it had closed."""
    cadres = _locked(persons)
    if contact.voided_at is not None or not reached(contact):
        _reopen(contact)
    if contact.voided_at is None:
        _follow({contact: persons}, cadres, actor=actor, on=on)


def follow_contacts(persons_of: Mapping[Contact, Collection[int]], *, actor: User, on: dt.date) -> None:
    """Let checks follow contacts just written, each with those it served: raise or close."""
    cadres = _locked({pk for persons in persons_of.values() for pk in persons})
    _follow(persons_of, cadres, actor=actor, on=on)


def _locked(persons: Collection[int]) -> dict[int, Cadre]:
    """The living cadres among them, locked so that two workers who note one call each see both."""
    rows = (
        Cadre.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=persons, voided_at__isnull=True, person__life_status=LifeStatus.LIVING)
        .select_related("managing_unit", "health")
        .order_by("pk")
    )
    return {cadre.pk: cadre for cadre in rows}


def _follow(
    persons_of: Mapping[Contact, Collection[int]], cadres: Mapping[int, Cadre], *, actor: User, on: dt.date
) -> None:
    pairs = [(contact, cadres[pk]) for contact, persons in persons_of.items() for pk in sorted(persons) if pk in cadres]
    _close_by([pair for pair in pairs if reached(pair[0])], actor)
    fresh = on - STILL_FRESH
    silent = [pair for pair in pairs if pair[0].outcome in NOT_REACHED and pair[0].happened_on >= fresh]
    for contact, cadre, rules in _meant(silent, on):
        _raise_if_due(contact, cadre, rules, actor=actor, on=on)


def reached(contact: Contact) -> bool:
    """Whether somebody saw or spoke to the man himself. A letter or the family's word is not that."""
    return contact.method in VISITS or (contact.method in CALLS and contact.outcome == CallOutcome.ANSWERED)


# Raising ----------------------------------------------------------------------------------------------------------


def _meant(pairs: Collection[tuple[Contact, Cadre]], on: dt.date) -> Iterator[tuple[Contact, Cadre, CheckRules]]:
    """Those of the unanswered calls that went to somebody whom the rules of his unit watch over."""
    if not pairs:
        return
    groups = rule_groups(CheckRules.rule_key, on=on)
    tiers = CareTier.objects.filter(cadre__in=[cadre for _, cadre in pairs], high_risk=True, voided_at__isnull=True)
    at_risk = set(tiers.values_list("cadre_id", flat=True))
    for contact, cadre in pairs:
        rules = next(values for values, units in groups if units is None or cadre.managing_unit_id in units)
        if _is_meant(cadre, rules, cadre.pk in at_risk):
            yield contact, cadre, rules


def _is_meant(cadre: Cadre, rules: CheckRules, is_at_risk: bool) -> bool:
    """Nobody in a hospital bed is alone at home."""
    health = getattr(cadre, "health", None)
    if health is not None and health.in_hospital_since is not None:
        return False
    return (rules.alone and cadre.living == Living.ALONE) or (rules.high_risk and is_at_risk)


def _raise_if_due(contact: Contact, cadre: Cadre, rules: CheckRules, *, actor: User, on: dt.date) -> None:
    if unanswered_calls(cadre.pk, contact.happened_on, rules) < rules.calls:
        return
    if SafetyCheck.objects.open().filter(cadre=cadre).exists():
        return
    made = SafetyCheck(cadre=cadre, raised_on=on, raised_by=actor, last_call=contact)
    SafetyCheck.objects.bulk_create([made], ignore_conflicts=True)
    check = SafetyCheck.objects.filter(public_id=made.public_id).select_related("cadre__managing_unit").first()
    if check is None:
        return
    audit.record("safety_check.raise", actor=actor, people=[cadre.pk], target=f"ledgers.safetycheck:{check.pk}")
    send_alarms(check, now=timezone.now())


def unanswered_calls(cadre_id: int, day: dt.date, rules: CheckRules) -> int:
    """Unanswered calls of a day since he was last reached, none when he was reached later on. Of calls noted on the
    day itself, those at unusual hours are left out."""
    contacts = Contact.objects.standing().filter(participants__person_id=cadre_id, happened_on__gte=day)
    calls, last_sign = [], None
    for found in contacts.order_by("created_at").defer("body_state", "thoughts"):
        if reached(found):
            last_sign = found
        elif found.outcome in NOT_REACHED and found.happened_on == day and _counts(found, rules):
            calls.append(found)
    if last_sign is None:
        return len(calls)
    if last_sign.happened_on > day:
        return 0
    return sum(call.created_at > last_sign.created_at for call in calls)


def _counts(call: Contact, rules: CheckRules) -> bool:
    noted = timezone.localtime(call.created_at)
    return noted.date() != call.happened_on or rules.from_hour <= noted.hour < rules.until_hour


# Alarms -----------------------------------------------------------------------------------------------------------


def alarmed_users(cadre: Cadre, *, on: dt.date, leaders: bool = False) -> list[int]:
    """Who is told: whoever answers for him, the secretaries of his branches, the head of the section; later the
    leaders too."""
    unit = cadre.managing_unit_id
    branches = Membership.objects.current(on).filter(person_id=cadre.pk).values("organisation_id")
    posts = Post.objects.current(on).filter(organisation_id__in=branches, kind=PostKind.SECRETARY, user__is_active=True)
    found = [responsible_for_cadres({cadre.pk: unit}, on=on)[cadre.pk]]
    found += posts.order_by("pk").values_list("user_id", flat=True)
    found += section_heads([unit], on=on).get(unit, [])
    if leaders:
        found += bureau_leaders([unit], on=on).get(unit, [])
    return list(dict.fromkeys(filter(None, found)))


def send_alarms(check: SafetyCheck, *, now: dt.datetime, round_no: int = 0, leaders: bool = False) -> int:
    """Post one alarm to everybody concerned; the same round again sends nothing. Returns how many are told."""
    users = alarmed_users(check.cadre, on=timezone.localdate(now), leaders=leaders)
    messages = [
        NewMessage(
            key=f"{_key(check)}{round_no}:{user}",
            delivery_class=DeliveryClass.ALARM,
            template=TEMPLATE,
            user_id=user,
            about_id=check.cadre_id,
            context={"check": check.pk, "on": check.raised_on.isoformat()},
            valid_until=now + VALID,
        )
        for user in users
    ]
    post(messages, now=now)
    return len(users)


def repeat_alarms(now: dt.datetime) -> int:
    """Tell everybody again about checks that nobody has reported on for `repeat_hours`, and the leaders after
    `escalate_hours`; the tick asks. Returns how many checks were repeated or stood repeated already."""
    repeated = 0
    for check in SafetyCheck.objects.open().select_related("cadre__managing_unit", "cadre__person"):
        rules = rule_values(CheckRules.rule_key, on=timezone.localdate(now), unit=check.cadre.managing_unit)
        hours = (now - check.raised_at).total_seconds() / 3600
        round_no = int(hours // rules.repeat_hours)
        if round_no:
            send_alarms(check, now=now, round_no=round_no, leaders=hours >= rules.escalate_hours)
            repeated += 1
    return repeated


def _key(check: SafetyCheck) -> str:
    return f"safety_check:{check.pk}:"


def _silence(check: SafetyCheck) -> None:
    waiting = Message.objects.filter(key__startswith=_key(check), withdrawn_at__isnull=True)
    withdraw_messages(list(waiting.values_list("pk", flat=True)))


# Closing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What somebody found: `result` (CheckResult), `by` (By), the day he was seen or spoken to, and words."""

    result: str
    by: str
    happened_on: dt.date
    note: str = ""


def _close_by(pairs: Collection[tuple[Contact, Cadre]], actor: User) -> None:
    """A visit or answered call on the day of the check or later ends it."""
    for check in SafetyCheck.objects.open().filter(cadre__in=[cadre for _, cadre in pairs]) if pairs else ():
        for contact, cadre in pairs:
            if cadre.pk == check.cadre_id and check.raised_on <= contact.happened_on and check.closed_at is None:
                result = RESULT_OF_METHOD.get(contact.method, CheckResult.SEEN)
                check = close_check(check, result=result, actor=actor, contact=contact, note=contact.summary)


def _reopen(contact: Contact) -> None:
    """What a contact had closed is open again when it turns out not to stand, unless another was raised since."""
    for check in SafetyCheck.objects.filter(closing_contact=contact, voided_at__isnull=True):
        if not SafetyCheck.objects.open().filter(cadre_id=check.cadre_id).exists():
            SafetyCheck.objects.filter(pk=check.pk).update(
                closed_at=None, closed_by=None, closing_contact=None, result="", note=""
            )


def close_check(
    check: SafetyCheck, *, result: str, actor: User, contact: Contact | None = None, note: str = ""
) -> SafetyCheck:
    """End a check for everybody; one that is closed stays as it is. What still waits to be sent is taken back."""
    changed = (
        SafetyCheck.objects.open()
        .filter(pk=check.pk)
        .update(result=result, closed_by=actor, closed_at=timezone.now(), closing_contact=contact, note=note[:300])
    )
    if changed:
        audit.record(
            "safety_check.close", actor=actor, people=[check.cadre_id], fields=[result],
            target=f"ledgers.safetycheck:{check.pk}",
        )  # fmt: skip
        _silence(check)
    check.refresh_from_db()
    return check


@transaction.atomic
def call_off_check(check: SafetyCheck, *, actor: User, reason: str) -> SafetyCheck:
    """End a check that was raised by mistake, with the reason."""
    if not reason.strip():
        raise BusinessError("请写明为什么撤销。", code="reason", field="reason")
    return close_check(check, result=CheckResult.CALLED_OFF, actor=actor, note=reason)
