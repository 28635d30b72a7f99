"""What an old comrade was promised, in words that he may read: no tiers, no words of the office (domain 0)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.accounts.models import User
from apps.branches.choices import PostKind
from apps.branches.models import Membership, Organisation, Post
from apps.common.phone import dial_link, readable_phone
from apps.ledgers.choices import DutyKind, Means, Period
from apps.ledgers.models import Duty
from apps.ledgers.queries import responsible_for_cadres, responsible_users
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

YEAR = dt.timedelta(days=366)
AHEAD = dt.timedelta(days=124)
# kind → (what is done, the field of the rules that says how often)
WORDS: dict[str, tuple[str, str]] = {
    DutyKind.VETERAN_CALL: ("打电话或用微信问候您", "veteran_call"),
    DutyKind.VETERAN_VISIT: ("上门看望您", "veteran_visit"),
    DutyKind.VETERAN_TALK: ("和您谈谈心", "veteran_talk"),
    DutyKind.FOCUS_CONTACT: ("看望或联系您", "focus_contact"),
    DutyKind.RISK_CONTACT: ("联系您", "risk_contact"),
    DutyKind.RISK_VISIT: ("看望您", "risk_visit"),
    DutyKind.RISK_BUREAU: ("老干部局的同志看望您", "risk_bureau"),
    DutyKind.AWAY_VISIT: ("到您现在住的地方看望您", "away_visit"),
    DutyKind.SPRING: ("春节看望慰问", ""),
    DutyKind.PARTY_DAY: ("七一看望慰问", ""),
    DutyKind.NATIONAL_DAY: ("国庆看望慰问", ""),
    DutyKind.DOUBLE_NINTH: ("重阳节看望慰问", ""),
    DutyKind.HOSPITAL: ("住院期间到医院看望您", ""),
    DutyKind.HOSPITAL_STAY: ("住院期间到医院看望您", "hospital_stay"),
    DutyKind.DISCHARGE: ("出院以后回访", ""),
}
OFTEN = {
    Period.WEEK: "每周一次", Period.MONTH: "每月一次", Period.QUARTER: "每季度一次", Period.HALF_YEAR: "每半年一次",
    Period.YEAR: "每年一次",
}  # fmt: skip
MEANS = {Means.VISIT: "，改为上门", Means.CALL: "，改为打电话", Means.LETTER: "，改为写信"}


@dataclass(frozen=True)
class Helper:
    """Who is there for him; `number` is a telephone of the office, never a private one."""

    name: str
    what: str
    number: str = ""

    @property
    def shown(self) -> str:
        return readable_phone(self.number)

    @property
    def link(self) -> str:
        return dial_link(self.number)


@dataclass(frozen=True)
class Promise:
    title: str
    next_words: str
    is_late: bool = False
    who: Helper | None = None
    last_words: str = ""


def cadre_of(person_id: int) -> Cadre | None:
    """The living person's entry in the registry; None for everybody else, for whom nothing is planned."""
    rows = Cadre.objects.filter(pk=person_id, voided_at__isnull=True, person__life_status=LifeStatus.LIVING)
    return rows.select_related("managing_unit", "person").first()


def helper_of(user: User) -> Helper:
    return Helper(user.display_name, user.post, user.phone)


def helpers_of(cadre: Cadre, on: dt.date) -> list[Helper]:
    """Who is in charge of him, then the secretary of his branch."""
    user_id = responsible_for_cadres({cadre.pk: cadre.managing_unit_id}, on=on)[cadre.pk]
    user = User.objects.filter(pk=user_id).first() if user_id else None
    found = [helper_of(user)] if user else []
    organisation = branch_of(cadre.pk, on)
    if organisation is not None:
        posts = Post.objects.current(on).filter(organisation=organisation, kind=PostKind.SECRETARY)
        name = organisation.short_name or organisation.name
        found += [
            Helper(post.person.name, f"{name}书记", organisation.phone)
            for post in posts.select_related("person").order_by("pk")
            if post.person_id != cadre.pk and post.user_id != user_id
        ]
    return found


def branch_of(person_id: int, on: dt.date) -> Organisation | None:
    """The organisation that holds his formal relation on a day."""
    rows = Membership.objects.current(on).filter(person_id=person_id, link="formal").select_related("organisation")
    membership = rows.order_by("pk").first()
    return membership.organisation if membership else None


def open_duties(cadre: Cadre, on: dt.date) -> list[Duty]:
    """Those that fall due within four months, the earliest of each kind, and what is behind."""
    rows = Duty.objects.open().filter(cadre=cadre, due_on__lte=on + AHEAD, due_on__gte=on - YEAR)
    return list(rows.order_by("due_on", "pk"))


def promises_of(cadre: Cadre, on: dt.date, *, whom: str = "您") -> list[Promise]:
    """One of each kind: how often, by when next, who does it, when it was last kept. Six queries or so. `whom`: how the
    reader is told of him."""
    first: dict[str, Duty] = {}
    for duty in open_duties(cadre, on):
        first.setdefault(duty.kind, duty)
    kept = _last_kept(cadre, on)
    rules = rule_values("duties", on=on, unit=cadre.managing_unit)
    people = _people(first.values(), on)
    kinds = sorted({*first, *kept}, key=list(WORDS).index)
    standing = [kind for kind in kinds if kind in first or _often(kind, rules)]
    found = [_promise(kind, first.get(kind), kept.get(kind), rules, people, on) for kind in standing]
    return [replace(promise, title=promise.title.replace("您", whom)) for promise in found]


def _promise(kind, duty, last, rules, people, on) -> Promise:
    title = f"{_often(kind, rules)}{WORDS[kind][0]}{MEANS.get(duty.means, '') if duty else ''}"
    is_late = duty is not None and duty.due_on < on
    if duty is None:
        next_words = "这一次已经办了，下一次的日子还没有排"
    elif is_late:
        next_words = f"原定{day_words(duty.due_on, on)}前，还没有办到，我们在催办"
    else:
        next_words = f"下次在{day_words(duty.due_on, on)}前"
    last_words = f"上次：{day_words(last, on)}" if last else ""
    return Promise(title, next_words, is_late, people.get(duty.pk) if duty else None, last_words)


def _often(kind: str, rules) -> str:
    column = WORDS[kind][1]
    return OFTEN.get(Period(getattr(rules, column)), "") if column else ""


def _last_kept(cadre: Cadre, on: dt.date) -> dict[str, dt.date]:
    rows = Duty.objects.filter(cadre=cadre, satisfied_on__gt=on - YEAR, satisfied_on__lte=on)
    found: dict[str, dt.date] = {}
    for kind, day in rows.order_by("satisfied_on").values_list("kind", "satisfied_on"):
        found[kind] = day
    return found


def _people(duties: Iterable[Duty], on: dt.date) -> dict[int, Helper]:
    whose = responsible_users([duty.pk for duty in duties], on=on)
    users = User.objects.in_bulk({user for user in whose.values() if user})
    return {duty: helper_of(users[user]) for duty, user in whose.items() if user in users}


def day_words(day: dt.date, on: dt.date) -> str:
    """12月5日, with the year where it is another."""
    return f"{day.month}月{day.day}日" if day.year == on.year else f"{day.year}年{day.month}月{day.day}日"
