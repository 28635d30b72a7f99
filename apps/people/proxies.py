"""Granting, renewing and ending what a relative may do for an old comrade. Rights are read in `acting`."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment, Paper
from apps.common.secrecy_words import refuse_marks
from apps.organisation.queries import rule_values

from .choices import ConsentPurpose, GrantEnd, GrantMethod, LifeStatus, ProxyScope
from .family_rules import FamilyRules, latest_end, span_error
from .models import Consent, GrantRenewal, Person, PersonAccount, ProxyGrant, Relative
from .models.family import SCOPE_FIELDS

WORDING = "family-2026"  # version of the printed form and of what staff read out
FAR_BACK = dt.timedelta(days=60)


@dataclass(frozen=True)
class Agreement:
    """How the person agreed. `heard_on` is the day of the words, of the signature or of the proof."""

    method: str
    on: dt.date | None = None
    heard_by: User | None = None
    how: str = ""
    words: str = ""
    document: str = ""
    guardian_as: str = ""
    proof: Attachment | None = None


@transaction.atomic
def grant(
    relative: Relative, scopes: Collection[str], agreement: Agreement, *, starts_on: dt.date, ends_on: dt.date, actor,
    today: dt.date,
) -> ProxyGrant:  # fmt: skip
    """Record what a relative may do for his person. By word or by a guardian's proof it holds from `starts_on`; with a
    form to sign it waits until the form is back (`confirm_signed`).

    Raises BusinessError with a sentence; two grants of one relative never overlap. See rule book 6.5.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=relative.person_id)
    _check(person, relative, scopes, agreement, starts_on, ends_on, today)
    signed = agreement.method == GrantMethod.SIGNED
    row = ProxyGrant(
        person=person, relative=relative, method=agreement.method, starts_on=starts_on, ends_on=ends_on,
        agreed_on=None if signed else agreement.on, heard_by=agreement.heard_by, spoken_how=agreement.how,
        guardian_document=agreement.document.strip(), guardian_as=agreement.guardian_as, proof=agreement.proof,
        recorded_by=actor, **{field: scope in scopes for scope, field in SCOPE_FIELDS.items()},
    )  # fmt: skip
    row.spoken_words = agreement.words.strip()
    _store(row)
    Relative.objects.filter(pk=relative.pk).update(is_proxy=True)
    _note("proxy.print" if signed else "proxy.grant", row, actor)
    if not signed:
        _in_force(row, actor)
    return row


@transaction.atomic
def confirm_signed(row: ProxyGrant, *, signed_on: dt.date, actor, today: dt.date) -> ProxyGrant:
    """The signed form is back: from its day on the grant holds. Again: nothing. The paper's own steps (`papers`) are
    the caller's."""
    row = _locked(row)
    if row.agreed_on is not None:
        return row
    if row.closed_at is not None or row.voided_at is not None:
        raise BusinessError("这份授权已经停止，不能再生效。要用请重新登记。", code="closed")
    if signed_on > today or signed_on < today - FAR_BACK:
        raise BusinessError("签字日期要在最近两个月内，也不能是以后的日子。", code="signed_on", field="signed_on")
    if row.ends_on <= today:
        raise BusinessError("表上的到期日已经过了，请重新打印一份。", code="ended")
    row.agreed_on = signed_on
    row.save(update_fields=["agreed_on"])
    _note("proxy.grant", row, actor)
    _in_force(row, actor)
    return row


@transaction.atomic
def renew(row: ProxyGrant, *, called_on: dt.date, words: str, ends_on: dt.date, actor, today: dt.date) -> ProxyGrant:
    """Somebody rang the person (or his guardian), who agreed to go on: until `ends_on`, at most a year after the call.

    Only while it still holds: what has ended is granted anew. Sent twice it is one renewal. See rule book 6.5.
    """
    row, words = _locked(row), words.strip()
    if GrantRenewal.objects.filter(grant=row, ends_on=ends_on).exists():
        return row
    if not row.is_current(today):
        raise BusinessError("这份授权现在没有生效或者已经到期，不能续期。请重新登记一份。", code="not_current")
    if called_on > today or called_on < today - FAR_BACK:
        raise BusinessError("打电话的日子要在最近两个月内，也不能是以后。", code="called_on", field="called_on")
    if not words:
        raise BusinessError("请写明电话里是怎么说的。", code="words", field="words")
    refuse_marks(words, field="words")
    latest = latest_end(called_on, rule_values(FamilyRules.rule_key, on=today))
    if not row.ends_on < ends_on <= latest:
        raise BusinessError(
            f"续到的日子要晚于现在的到期日，最晚到 {latest - dt.timedelta(days=1):%Y-%m-%d}。",
            code="span",
            field="last_day",
        )
    GrantRenewal.objects.create(
        grant=row, called_on=called_on, called_by=actor, words=words[:200], former_end=row.ends_on, ends_on=ends_on
    )
    row.ends_on = ends_on
    _store(row)
    _follow(row)
    _note("proxy.renew", row, actor)
    return row


@transaction.atomic
def close(row: ProxyGrant, because: str, *, actor, note: str = "", event_id: int | None = None) -> ProxyGrant:
    """End it at once: by the person, the proxy, staff, or a death. Again: nothing."""
    row = _locked(row)
    if row.closed_at is not None:
        return row
    refuse_marks(note, field="note")
    row.closed_at, row.closed_because, row.closed_by = timezone.now(), because, actor
    row.close_note, row.closed_by_event = note.strip()[:200], event_id
    row.save(update_fields=["closed_at", "closed_because", "closed_by", "close_note", "closed_by_event"])
    _follow(row)
    _withdraw_consent(row.person_id)
    _note("proxy.end", row, actor, reason=note, on_behalf=because == GrantEnd.PROXY)
    return row


@transaction.atomic
def close_by_death(person_id: int, event_id: int, *, on: dt.date) -> None:
    """A death ends every grant and the person's own account; both carry the event."""
    for row in ProxyGrant.objects.standing().filter(person_id=person_id).order_by("pk"):
        close(row, GrantEnd.DIED, actor=None, event_id=event_id)
    own = PersonAccount.objects.filter(person_id=person_id, is_proxy=False, ends_on__isnull=True)
    for account in own.select_for_update():
        account.ends_on, account.closed_by_event = max(on, account.starts_on), event_id
        account.save(update_fields=["ends_on", "closed_by_event"])


@transaction.atomic
def reopen_after_death(person_id: int, event_id: int) -> list[str]:
    """The death was none: what it closed stands again, with the days it had. What was granted anew meanwhile stays;
    returns a sentence for each grant that stays closed because of it."""
    left = []
    for row in ProxyGrant.objects.filter(person_id=person_id, closed_by_event=event_id).select_for_update():
        row.closed_at, row.closed_because, row.closed_by, row.closed_by_event = None, "", None, None
        try:
            with transaction.atomic():
                row.save(update_fields=["closed_at", "closed_because", "closed_by", "closed_by_event"])
        except IntegrityError:
            left.append("有一份家属授权没有恢复，因为同一位家属后来又有了新的授权。请核对。")
            continue
        _follow(row)
        if row.agreed_on:
            _consent(row.person_id, None)
    PersonAccount.objects.filter(person_id=person_id, closed_by_event=event_id).update(
        ends_on=None, closed_by_event=None
    )
    return left


@transaction.atomic
def give_account(row: ProxyGrant, user: User, *, actor) -> ProxyGrant:
    """Let an account use the grant; it acts for the person as long as the grant holds."""
    row = _locked(row)
    if row.user_id == user.pk:
        return row
    if row.user_id is not None:
        raise BusinessError("这位家属已经有账号。", code="has_account")
    row.user = user
    row.save(update_fields=["user"])
    _follow(row)
    _note("proxy.account", row, actor)
    return row


@transaction.atomic
def attach_paper(row: ProxyGrant, paper: Paper) -> None:
    """The form that was printed for it."""
    ProxyGrant.objects.filter(pk=row.pk).update(paper=paper)
    row.paper = paper


# ------------------------------------------------------------------------------------------------------------------


def _check(person, relative, scopes, agreement, starts_on, ends_on, today) -> None:
    if person.life_status != LifeStatus.LIVING or person.voided_at is not None:
        raise BusinessError("这位老同志现在不能授权家属代办，请先看他的情况。", code="not_living")
    if relative.voided_at is not None or not relative.is_living:
        raise BusinessError("这位联系人已经不在登记里，请先添加联系人。", code="relative", field="relative")
    if not set(scopes) or set(scopes) - set(ProxyScope.values):
        raise BusinessError("请至少勾一项能办的事。", code="scopes", field="scopes")
    if wrong := span_error(starts_on, ends_on, rule_values(FamilyRules.rule_key, on=today)):
        raise BusinessError(wrong, code="span", field="last_day")
    if ends_on <= today:
        raise BusinessError("到期日已经过了。", code="ended", field="last_day")
    _check_agreement(agreement, today)


def _check_agreement(agreement: Agreement, today: dt.date) -> None:
    if agreement.method == GrantMethod.SIGNED:
        return
    if agreement.on is None or agreement.on > today or agreement.on < today - FAR_BACK:
        raise BusinessError("同意的日子要在最近两个月内，也不能是以后。", code="heard_on", field="heard_on")
    if agreement.method == GrantMethod.SPOKEN:
        if not agreement.words.strip() or agreement.heard_by is None or not agreement.how:
            raise BusinessError("口头同意要写明谁听的、怎样说的、原话是什么。", code="words", field="words")
        refuse_marks(agreement.words, field="words")
    elif not agreement.document.strip() or not agreement.guardian_as:
        raise BusinessError("监护人办理要写明证明（文书名称和编号）和监护关系。", code="document", field="document")


def _store(row: ProxyGrant) -> None:
    try:
        with transaction.atomic():
            row.validate_constraints()
            row.save()
    except ValidationError as error:
        raise BusinessError("".join(error.messages), code="constraint", field="relative") from error
    except IntegrityError as error:
        raise BusinessError("这位家属刚刚已经有了一份授权，请刷新页面。", code="overlap", field="relative") from error


def _locked(row: ProxyGrant) -> ProxyGrant:
    return ProxyGrant.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _in_force(row: ProxyGrant, actor) -> None:
    _consent(row.person_id, actor)
    _follow(row)


def _consent(person_id: int, actor) -> None:
    """The consent that stands for the person's grants, with the wording he was told."""
    Consent.objects.get_or_create(
        person_id=person_id, purpose=ConsentPurpose.FAMILY, withdrawn_at=None,
        defaults={"wording": WORDING, "recorded_by": actor},
    )  # fmt: skip


def _withdraw_consent(person_id: int) -> None:
    if not ProxyGrant.objects.standing().filter(person_id=person_id, agreed_on__isnull=False).exists():
        Consent.objects.filter(person_id=person_id, purpose=ConsentPurpose.FAMILY, withdrawn_at__isnull=True).update(
            withdrawn_at=timezone.now()
        )


def _follow(row: ProxyGrant) -> None:
    """The account's own days are those of the grants it holds for that person; rights ask the grants themselves."""
    if row.user_id is None:
        return
    held = ProxyGrant.objects.filter(user_id=row.user_id, person_id=row.person_id, agreed_on__isnull=False)
    last = held.standing().aggregate(last=Max("ends_on"))["last"]
    first = held.order_by("starts_on").values_list("starts_on", flat=True).first() or row.starts_on
    ends_on = last or timezone.localdate()
    account, made = PersonAccount.objects.get_or_create(
        user_id=row.user_id, person_id=row.person_id,
        defaults={"is_proxy": True, "starts_on": first, "ends_on": ends_on},
    )  # fmt: skip
    if not made and account.is_proxy:
        account.starts_on, account.ends_on = first, ends_on
        account.save(update_fields=["starts_on", "ends_on"])


def _note(action: str, row: ProxyGrant, actor, *, reason: str = "", on_behalf: bool = False) -> None:
    audit.record(
        action, actor=actor, people=[row.person_id], fields=[str(scope) for scope in row.scopes], reason=reason,
        target=f"people.proxygrant:{row.pk}", on_behalf_of=row.person_id if on_behalf else None,
    )  # fmt: skip
