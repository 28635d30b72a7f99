"""Reads over the aid fund: whose money, how far it is, who may not decide, what waits where (domain 2.7, 3.12)."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from apps.common import crypto
from apps.common.code_lists import names_of
from apps.common.phone import parse_phone
from apps.ledgers.choices.aid import AidKind, AidState, ObjectionOutcome
from apps.ledgers.models import AidApplication, AidObjection, FundYear
from apps.ledgers.rules.aid import COUNTED, SURVIVOR_CODES, AidRules, Kin, conflict, window
from apps.organisation.models import Unit
from apps.organisation.queries import ancestor_ids, rule_values
from apps.people.models import Person, PersonAccount, Relative
from apps.registry.models import Cadre

SITUATIONS = "aid_situation"
RELATION = "relation"
ZERO = Decimal(0)


def rules_for(fund: FundYear, on: dt.date) -> AidRules:
    return rule_values(AidRules.rule_key, on=on, unit=fund.unit)


def fund_for(cadre: Cadre, year: int) -> FundYear | None:
    """The money for this person in a year: that of his managing unit or of the nearest unit above that has some."""
    above = ancestor_ids(cadre.managing_unit)
    funds = {fund.unit_id: fund for fund in FundYear.objects.standing().filter(unit__in=above, year=year)}
    return next((funds[pk] for pk in above if pk in funds), None)


def days_of(fund: FundYear, on: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day on which one may apply: those of the fund, else those of the rules (rule book 8.40)."""
    opens, closes = window(rules_for(fund, on), fund.year)
    return fund.opens_on or opens, fund.closes_on or closes


def situation_words(codes: Iterable[str]) -> list[str]:
    names = names_of(SITUATIONS)
    return [names.get(code, code) for code in codes]


def situation_choices(rules: AidRules, *, living: bool = True) -> list[tuple[str, str]]:
    """The situations that the rules name, in their order; those of survivors for the families of the dead only."""
    names = names_of(SITUATIONS)
    return [(code, names.get(code, code)) for code in rules.situations if not (living and code in SURVIVOR_CODES)]


# Who may not decide -----------------------------------------------------------------------------------------------


def kin_of(rows: Collection[AidApplication]) -> dict[int, list[Kin]]:
    """Everybody near to whom each is about: himself, the applicant, relatives on record, who shares his home, and
    those whom the application names. Two statements for any number; load `cadre__person` beforehand."""
    relations = names_of(RELATION)
    people = {row.cadre_id: row.cadre.person for row in rows}
    homes = {person.household_id for person in people.values() if person.household_id}
    relatives: dict[int, list[Kin]] = {}
    for one in Relative.objects.filter(person__in=people, voided_at__isnull=True):
        words = one.relation_note or relations.get(one.relation, "亲属")
        relatives.setdefault(one.person_id, []).append(Kin(one.name, words, one.phone_index))
    members: dict[int, list[Person]] = {}
    for one in Person.objects.filter(household__in=homes, voided_at__isnull=True) if homes else ():
        members.setdefault(one.household_id, []).append(one)
    found = {}
    for row in rows:
        person = row.cadre.person
        near = [Kin(person.name, "本人"), *relatives.get(person.pk, ())]
        if row.applicant_name:
            near.append(Kin(row.applicant_name, row.applicant_relation or "申请人"))
        near += [Kin(one.name, "同住家人") for one in members.get(person.household_id, ()) if one.pk != person.pk]
        near += [Kin(name, "申报的亲属") for name in names_in(row.kin_at_bureau)]
        found[row.pk] = near
    return found


def names_in(text: str) -> list[str]:
    """Names as they are typed in one line."""
    for mark in "，,；;\n":
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def phone_key(number: str) -> bytes | None:
    """The blind index under which a relative's telephone would stand."""
    try:
        return crypto.blind_index("phone", parse_phone(number).digits) if number else None
    except ValueError:
        return None


def conflicts_of_many(
    rows: Collection[AidApplication], users: Iterable, others: Iterable[str] = ()
) -> dict[int, dict[str, str]]:
    """application id → name → relation, of those at the table who must recuse from it (rule book 8.44)."""
    table = [(str(user), phone_key(user.phone)) for user in users] + [(name, None) for name in others]
    found = {}
    for pk, kin in kin_of(rows).items():
        asked = {name: conflict(name, key, kin) for name, key in table}
        found[pk] = {name: why for name, why in asked.items() if why}
    return found


def conflicts_of(row: AidApplication, users: Iterable, others: Iterable[str] = ()) -> dict[str, str]:
    """name → relation, for one application."""
    return conflicts_of_many([row], users, others)[row.pk]


def is_his_own(user, row: AidApplication) -> bool:
    """Whether this account is the person's own or a proxy's."""
    return PersonAccount.objects.filter(user=user, person_id=row.cadre_id).exists()


# Lists ------------------------------------------------------------------------------------------------------------


def payable(fund: FundYear, on: dt.date) -> QuerySet[AidApplication]:
    """Applications whose notice is over with nothing said against them that stands, and with somebody to be paid."""
    against = AidObjection.objects.exclude(outcome=ObjectionOutcome.REJECTED)
    rows = fund.applications.standing().filter(state=AidState.NOTICED, notice__ends_on__lte=on)
    rows = rows.exclude(pk__in=against.filter(application__isnull=False).values("application"))
    rows = rows.exclude(
        notice__in=against.filter(application__isnull=True, outcome=ObjectionOutcome.OPEN).values("notice")
    )
    return rows.exclude(for_survivors=True, applicant_name="")


def objected(row: AidApplication) -> bool:
    """Whether an objection keeps this one from being paid."""
    mine = AidObjection.objects.filter(notice=row.notice_id).exclude(outcome=ObjectionOutcome.REJECTED)
    return mine.filter(
        Q(application=row) | Q(application__isnull=True, outcome=ObjectionOutcome.OPEN)
    ).exists()  # fmt: skip


def at_state(fund: FundYear, state: str, user) -> QuerySet[AidApplication]:
    """Applications of a fund at one state, of people whom the user may see, in the order they came."""
    rows = fund.applications.visible_to(user).standing().filter(state=state)
    return rows.select_related("cadre__person", "cadre__managing_unit").order_by("applied_on", "pk")


def state_words(row: AidApplication, on: dt.date) -> tuple[str, str]:
    """(words, tone) of a list. A notice that is over says so; load `notice` beforehand."""
    tones = {
        AidState.CLOSED: "done", AidState.REFUSED: "", AidState.WITHDRAWN: "", AidState.RETURNED: "late",
        AidState.NOTICED: "info",
    }  # fmt: skip
    if row.state in (AidState.REFUSED, AidState.WITHDRAWN, AidState.CLOSED):
        return row.get_state_display(), tones[row.state]
    if row.waits_for_family:
        return "待登记遗属", "late"
    if row.state == AidState.NOTICED and row.notice.ends_on <= on:
        return "公示期满，待发放", "soon"
    return row.get_state_display(), tones.get(row.state, "soon")


# A year in figures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of the year: how many applied, how many were granted, how much."""

    label: str
    applied: int
    granted: int
    amount: Decimal


@dataclass(frozen=True)
class YearFigures:
    by_kind: list[Line] = field(default_factory=list)
    by_unit: list[Line] = field(default_factory=list)
    waiting: list[tuple[str, str, int]] = field(default_factory=list)
    paid: Decimal = ZERO


COUNTS = {
    "applied": Count("pk"),
    "granted_count": Count("pk", filter=Q(state__in=COUNTED)),
    "amount": Sum("granted", filter=Q(state__in=COUNTED), default=ZERO),
}


def year_of(fund: FundYear) -> YearFigures:
    """Counted by kind, by managing unit and by where it waits: three statements at any number of people."""
    rows = fund.applications.standing().order_by()
    kinds = {row["kind"]: row for row in rows.values("kind").annotate(**COUNTS)}
    units = rows.values("cadre__managing_unit").annotate(**COUNTS)
    by_unit = {row["cadre__managing_unit"]: row for row in units}
    names = Unit.objects.filter(pk__in=by_unit).order_by("path").values_list("pk", "name")
    states = dict(rows.values_list("state").annotate(Count("pk")))
    paid = rows.filter(state__in=(AidState.PAID, AidState.CLOSED)).aggregate(sum=Sum("granted", default=ZERO))["sum"]
    return YearFigures(
        by_kind=[_line(label, kinds.get(value)) for value, label in AidKind.choices],
        by_unit=[_line(name, by_unit[pk]) for pk, name in names],
        waiting=[(value, label, states.get(value, 0)) for value, label in AidState.choices],
        paid=paid,
    )


def _line(label: str, row: dict | None) -> Line:
    return Line(label, row["applied"], row["granted_count"], row["amount"]) if row else Line(label, 0, 0, ZERO)
