"""困难帮扶: applying, completing, evidence (rule book 8.40, 8.41, 8.46)."""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction

from apps.common import attachments, audit
from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import Attachment
from apps.common.scans import read_scan
from apps.ledgers.choices.aid import AidAct, AidApplicant, AidHelp, AidState, AidVia, EvidenceKind
from apps.ledgers.models import AidApplication, AidEvidence, AidStep, FundYear
from apps.ledgers.queries.aid import days_of, fund_for, rules_for
from apps.ledgers.rules.aid import AidRules, amount_refusal
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre

from .aid_steps import SENTENCES, begin, keep_evidence, locked, store, take, target

EVIDENCE = "aid_evidence"
MOST_FILES = 12
Act, State = AidAct, AidState


@dataclass(frozen=True, kw_only=True)
class AidFacts:
    """What an application says. Money of the family as it was typed; `kin_at_bureau`: names, 、 between them."""

    kind: str
    situations: list[str] = field(default_factory=list)
    help: str = AidHelp.CASH
    requested: Decimal | None = None
    applicant: str = AidApplicant.SELF
    applicant_name: str = ""
    applicant_relation: str = ""
    household: str = ""
    income: str = ""
    expense: str = ""
    medical: str = ""
    housing: str = ""
    statement: str = ""
    kin_at_bureau: str = ""


SEALED = ("household", "income", "expense", "medical", "housing", "statement", "kin_at_bureau")


@transaction.atomic
def apply(
    facts: AidFacts, *, cadre: Cadre, actor, on: dt.date, form_key: uuid.UUID, via: str, late_reason: str = "",
    on_behalf_of: int | None = None,
) -> AidApplication:  # fmt: skip
    """A new application. The same key again is the same one. `late_reason`: outside the days for it, staff only;
    `on_behalf_of`: the person for whom a proxy acts."""
    known = AidApplication.objects.filter(public_id=form_key).first()
    if known:
        if known.cadre_id != cadre.pk:
            raise BusinessError("页面放得太久了，请刷新以后再填一次。", code="key")
        return known
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=cadre.pk)
    fund = fund_for(cadre, on.year)
    if fund is None:
        raise BusinessError("今年的困难帮扶资金还没有登记，暂时不能申请；急事请打电话。", code="no_fund")
    dead = _check_life(person, facts)
    _check_days(fund, on, via, late_reason)
    rules = rules_for(fund, on)
    _check_facts(facts, rules)
    row = AidApplication(
        public_id=form_key, cadre=cadre, fund=fund, year=fund.year, for_survivors=dead, applied_on=on, moved_on=on,
        via=via, entered_by=actor, late_reason=late_reason.strip()[:200], **asdict(facts),
    )  # fmt: skip
    _insert(row)
    AidStep.objects.create(
        application=row, act=Act.APPLY, on=on, state_before=State.APPLIED, entered_by=actor, via=via,
        note=row.late_reason,
    )  # fmt: skip
    audit.record(
        "aid.apply", actor=actor, people=[cadre.pk], target=target(row), fields=[via], on_behalf_of=on_behalf_of
    )
    return row


def _insert(row: AidApplication) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise BusinessError(SENTENCES.get(name, "没有保存成功，请刷新以后再试。"), code=name or "refused") from error


def _check_life(person: Person, facts: AidFacts) -> bool:
    """Whether it is the family's: the dead have no application of their own, the living no survivors."""
    if person.voided_at is not None:
        raise BusinessError("这位老同志的记录已经作废。", code="voided")
    if person.life_status == LifeStatus.DEATH_REPORTED:
        raise BusinessError("有人报告这位老同志离世，正在核实；核实以后再办。", code="reported")
    dead = person.life_status == LifeStatus.DECEASED
    if dead and facts.applicant != AidApplicant.SURVIVOR:
        raise BusinessError("老同志已离世，请选“遗属”，由家人申请。", code="deceased", field="applicant")
    if not dead and facts.applicant == AidApplicant.SURVIVOR:
        raise BusinessError("老同志在世，请选本人、配偶或单位。", code="living", field="applicant")
    return dead


def _check_days(fund: FundYear, on: dt.date, via: str, late_reason: str) -> None:
    first, last = days_of(fund, on)
    if first <= on <= last:
        return
    days = f"{first.month}月{first.day}日到{last.month}月{last.day}日"
    if via != AidVia.STAFF:
        raise BusinessError(f"申请时间是{days}。遇到急难的，请打电话，由工作人员先登记。", code="window")
    if not late_reason.strip():
        raise BusinessError(
            f"申请时间是{days}。现在登记要写明原因，例如 突发重病、受灾。", code="window", field="late_reason"
        )


def _check_facts(facts: AidFacts, rules: AidRules) -> None:
    if not facts.situations:
        raise BusinessError("请至少选一种困难情形。", code="situations", field="situations")
    if facts.applicant != AidApplicant.SELF and not facts.applicant_name.strip():
        raise BusinessError("不是本人申请的，请写申请人姓名。", code="applicant", field="applicant_name")
    if not facts.statement.strip():
        raise BusinessError("请写几句家里的困难。", code="statement", field="statement")
    asked = facts.requested
    if facts.help == AidHelp.CASH and asked is None:
        raise BusinessError("请写希望帮多少元。", code="requested", field="requested")
    sentence = amount_refusal(asked, facts.help, facts.situations, rules) if asked is not None else ""
    if sentence:
        raise BusinessError(sentence, code="requested", field="requested")


@transaction.atomic
def change(
    application: AidApplication, facts: AidFacts, *, actor, on: dt.date, seen: int, via: str = AidVia.STAFF
) -> AidApplication:  # fmt: skip
    """Correct what it says, while nobody has verified it; one that was returned is handed in again by this.

    StaleVersion where somebody saved since version `seen`."""
    row = locked(application)
    if row.version != seen:
        raise StaleVersion()
    if row.state not in (State.APPLIED, State.RETURNED):
        raise BusinessError("已经核实的申请不能再改；要改请先退回补正。", code="wrong_step")
    if facts.applicant != row.applicant:
        _check_life(row.cadre.person, facts)
    _check_facts(facts, rules_for(row.fund, on))
    values = asdict(facts)
    plain = {name: value for name, value in values.items() if name not in SEALED}
    sealed = {name: values[name] for name in SEALED}
    if row.state == State.RETURNED:
        # Words of the family and situations (a list) are no part of what an undo puts back.
        for name, value in plain.items():
            setattr(row, name, value)
        store(row, list(plain))
        begin(row, Act.RESUBMIT, on)
        take(row, Act.RESUBMIT, on=on, actor=actor, sealed=sealed, via=via)
        return row
    for name, value in values.items():
        setattr(row, name, value)
    store(row, list(values))
    audit.record("aid.change", actor=actor, people=[row.cadre_id], target=target(row), fields=[via])
    return row


# Evidence ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_evidence(application: AidApplication, kind: str, file, *, actor) -> AidEvidence:
    """A proof, sealed. Refused for what is no image or PDF, too large, or one too many."""
    row = locked(application)
    if row.state not in (State.APPLIED, State.RETURNED, State.VERIFIED, State.SIGNED, State.REVIEWED):
        raise BusinessError("会议已经定了，不能再加证明材料。", code="wrong_step", field="file")
    if row.evidence.filter(attachment__purged_at__isnull=True).count() >= MOST_FILES:
        raise BusinessError(f"最多 {MOST_FILES} 份，请先删去用不着的。", code="many", field="file")
    scan = read_scan(file, field="file")
    kept = attachments.store(
        scan.data, subject=target(row), purpose=EVIDENCE, filename=scan.filename, content_type=scan.content_type,
        actor=actor, keep_days=None,
    )  # fmt: skip
    found = AidEvidence.objects.create(
        application=row,
        attachment=kept,
        kind=kind if kind in EvidenceKind.values else EvidenceKind.OTHER,
        added_by=actor,
    )
    audit.record("aid.evidence", actor=actor, people=[row.cadre_id], target=target(row), fields=[found.kind])
    return found


@transaction.atomic
def adopt_evidence(application: AidApplication, files: list[Attachment], *, actor) -> None:
    """Files that waited with a draft become the application's."""
    for kept in files[:MOST_FILES]:
        Attachment.objects.filter(pk=kept.pk).update(subject=target(application), purge_after=None)
        AidEvidence.objects.get_or_create(
            attachment=kept, defaults={"application": application, "added_by": actor, "kind": EvidenceKind.OTHER}
        )
    keep_evidence(application)


@transaction.atomic
def remove_evidence(application: AidApplication, public_id: uuid.UUID, *, actor) -> None:
    """Take a proof out: the file goes at once, the row says that there was one."""
    row = locked(application)
    found = row.evidence.select_related("attachment").filter(attachment__public_id=public_id).first()
    if found is None or row.state not in (State.APPLIED, State.RETURNED):
        raise BusinessError("这份材料现在不能删。", code="wrong_step")
    attachments.purge(found.attachment)
    audit.record("aid.evidence", actor=actor, people=[row.cadre_id], target=target(row), fields=["removed"])
