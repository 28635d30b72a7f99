"""年度信息核对: a sheet for each unit, and what stands on it when it comes back (issue: Unit liaisons).

What a unit corrects is written at once, each row by itself, on record as 单位报送; what it tells of besides becomes a
life event to verify. Starting twice is once; a row that somebody changed meanwhile is refused, nothing typed is lost.
"""

import datetime as dt
import math
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit, crypto, papers
from apps.common.choices import PaperState, Source
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Job, Paper
from apps.common.partial_date import PartialDate
from apps.common.phone import parse_phone
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus, PhoneKind
from apps.people.models import Person, Phone
from apps.people.services import apply_sealed, save_phone
from apps.registry.choices import CheckAnswer
from apps.registry.models import Cadre, CheckLine, UnitCheck

from . import life

KIND = "信息核对表"
START = "registry.start_checks"
BACK_WITHIN_DAYS = 30
ROWS_ON_A_PAGE = 12
STALE = "这位老同志的资料刚被别人改过。请核对左边现在的内容，您填的没有丢，再保存一次就按您填的改。"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What stands beside one person. Empty texts mean no change; `seen` is the version the grid was shown with."""

    line_id: int
    seen: str
    right: bool = False
    phone: str = ""
    residence: str = ""
    living: str = ""
    post: str = ""
    told: str = ""
    happened_on: PartialDate | None = None
    detail: str = ""

    @property
    def corrects(self) -> bool:
        return bool(self.phone or self.residence or self.living or self.post)

    @property
    def is_empty(self) -> bool:
        return not (self.right or self.corrects or self.told or self.detail)


@dataclass
class Entered:
    """How many rows were taken, and a sentence for each that was not; `is_back` when none is left to enter."""

    saved: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    is_back: bool = False


def version_of(cadre: Cadre) -> str:
    """Of what the grid shows about a person: both his rows."""
    return f"{cadre.person.version}.{cadre.version}"


# Starting


@transaction.atomic
def start_check(unit: Unit, year: int, *, actor, on: dt.date) -> UnitCheck:
    """The sheet of a unit in a year, with a line for each of its living people in 姓氏笔画 order and a paper that is
    waited for; begun already: the one that stands."""
    made = UnitCheck.objects.bulk_create([UnitCheck(unit=unit, year=year, started_by=actor)], ignore_conflicts=True)
    check = UnitCheck.objects.select_for_update(of=("self",)).get(unit=unit, year=year)
    if check.public_id != made[0].public_id:
        return check
    people = list(
        Cadre.objects.living()
        .filter(managing_unit=unit)
        .order_by("person__name_stroke_key", "person_id")
        .values_list("pk", flat=True)
    )
    if not people:
        raise BusinessError(f"{unit.name}名下没有在世的老同志，不用核对。", code="nobody")
    check.paper = papers.print_paper(
        KIND, f"{unit.name} {year}年信息核对表（{len(people)} 位）", "", actor=actor, unit_id=unit.pk,
        due_on=on + dt.timedelta(days=BACK_WITHIN_DAYS), pages=math.ceil(len(people) / ROWS_ON_A_PAGE),
    )  # fmt: skip
    check.save(update_fields=["paper"])
    papers.belongs_to(check.paper, check)
    CheckLine.objects.bulk_create(
        CheckLine(sheet=check, person_id=pk, position=place) for place, pk in enumerate(people, 1)
    )
    audit.record("unit_check.start", actor=actor, target=_target(check))
    return check


@job_kind(START)
def start_checks(job: Job) -> dict:
    """Sheets for many units, one transaction each; safe to run again."""
    units = list(Unit.objects.filter(pk__in=job.params["units"]).order_by("path"))
    assert job.requested_by_id is not None  # somebody pressed the button: no tick starts it
    actor = User.objects.get(pk=job.requested_by_id)
    on = dt.date.fromisoformat(job.params["on"])
    for done, unit in enumerate(units, 1):
        start_check(unit, job.params["year"], actor=actor, on=on)
        report_progress(job, done, len(units), "正在准备核对表")
    return {"units": len(units)}


# Back again


@transaction.atomic
def enter_answers(check: UnitCheck, answers: Collection[Answered], *, actor, on: dt.date) -> Entered:
    """Take the rows of a sheet, each in a savepoint of its own: a refused one leaves the others standing. The same
    row twice is once. When every line has its answer the paper counts as returned."""
    check = UnitCheck.objects.select_for_update(of=("self",)).select_related("unit").get(pk=check.pk)
    if check.paper_id and Paper.objects.get(pk=check.paper_id).state == PaperState.CANCELLED:
        raise BusinessError("这张核对表已经作废，不能再录。", code="cancelled")
    lines = {line.pk: line for line in check.lines.select_for_update(of=("self",))}
    done = Entered()
    for answer in answers:
        line = lines.get(answer.line_id)
        if line is None or answer.is_empty or line.answer:
            continue
        try:
            with transaction.atomic():
                _enter(check, line, answer, actor, on)
            done.saved += 1
        except BusinessError as refusal:
            done.refused[answer.line_id] = refusal.sentence
    if not done.refused and not left_open(check).exists():
        _take_back(check, actor, on)
        done.is_back = True
    return done


def left_open(check: UnitCheck):
    """Lines without an answer, of people who still live and stand in the registry."""
    return check.lines.filter(answer=CheckAnswer.OPEN, person__voided_at__isnull=True).exclude(
        person__life_status=LifeStatus.DECEASED
    )


def _take_back(check: UnitCheck, actor, on: dt.date) -> None:
    UnitCheck.objects.filter(pk=check.pk, finished_on__isnull=True).update(finished_on=on)
    assert check.paper_id is not None  # `start_check` prints it with the lines
    paper = Paper.objects.get(pk=check.paper_id)
    if paper.state in papers.OUT:
        papers.take_back(paper, actor=actor, on=on)


def _enter(check: UnitCheck, line: CheckLine, answer: Answered, actor, on: dt.date) -> None:
    if answer.right and (answer.corrects or answer.told):
        raise BusinessError("勾了“无误”就不要再填改动；有改动请把勾去掉。", code="both")
    if answer.detail and not (answer.told or answer.corrects):
        raise BusinessError("写了说明，请在“另有情况”里选一项。", code="detail_alone")
    person = Person.objects.select_for_update(no_key=True).get(pk=line.person_id)
    cadre = Cadre.objects.select_for_update(of=("self",)).get(pk=line.person_id)
    cadre.person = person
    changed = []
    if answer.corrects:
        if answer.seen != version_of(cadre):
            raise BusinessError(STALE, code="stale_version")
        changed = _correct(cadre, answer, actor)
    if answer.told:
        line.event = _tell(person, answer, actor, on)
    line.answer = CheckAnswer.TOLD if answer.told else CheckAnswer.CHANGED if changed else CheckAnswer.RIGHT
    line.changed = "、".join(changed)
    line.entered_by, line.entered_on = actor, on
    line.save(update_fields=["answer", "changed", "event", "entered_by", "entered_on"])
    audit.record(
        "unit_check.enter", actor=actor, people=[person.pk], fields=changed or [line.answer],
        reason=Source.UNIT.label, target=_target(check),
    )  # fmt: skip


def _correct(cadre: Cadre, answer: Answered, actor) -> list[str]:
    """Write what differs; labels of what did."""
    person, labels = cadre.person, []
    if answer.phone and _correct_phone(person, answer.phone, actor):
        labels.append("电话")
    if apply_sealed(person, {"residence": answer.residence}):
        person.save(update_fields=["residence"])
        target = f"people.person:{person.pk}"
        audit.record("change", actor=actor, people=[person.pk], fields=["residence"], target=target)
        labels.append("现住址")
    fields = []
    for name, value, label in (("living", answer.living, "居住方式"), ("former_post", answer.post.strip(), "职务")):
        if value and value != getattr(cadre, name):
            setattr(cadre, name, value)
            fields.append(name)
            labels.append(label)
    if fields:
        cadre.save(update_fields=fields)
    return labels


def _correct_phone(person: Person, text: str, actor) -> bool:
    """The number takes the place of the first of its kind, or is added; one that he has already changes nothing."""
    try:
        found = parse_phone(text)
    except ValueError as error:
        raise BusinessError(str(error), code="phone", field="phone") from error
    phones = list(Phone.objects.filter(person=person))
    index = crypto.blind_index("phone", found.digits)
    if any(bytes(phone.number_index) == index for phone in phones):
        return False
    kind = PhoneKind.MOBILE if found.kind == "mobile" else PhoneKind.LANDLINE
    phone = next((phone for phone in phones if phone.kind == kind), None) or Phone(person=person, kind=kind)
    save_phone(phone, text, actor=actor)
    return True


def _tell(person: Person, answer: Answered, actor, on: dt.date):
    if answer.told == life.Kind.OTHER and not answer.detail.strip():
        raise BusinessError("请在说明里写是什么情况。", code="detail", field="detail")
    when = answer.happened_on or PartialDate(on.year, on.month)
    told = life.Report(answer.told, when, detail=answer.detail, source=Source.UNIT)
    return life.report(person, told, actor=actor, today=on)


def _target(check: UnitCheck) -> str:
    return f"registry.unitcheck:{check.pk}"
