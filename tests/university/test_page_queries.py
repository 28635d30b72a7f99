"""Pages of class life, draws and pads ask as many questions for one row as for several."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import middleware
from apps.signups.models import Round
from apps.signups.services.rounds import save_round
from apps.signups.services.tickets import apply
from apps.university.services import pad
from apps.university.services.attendance import take_roll
from tests.builders import make_class, make_person, make_term
from tests.university.life import NAMES, Life

pytestmark = pytest.mark.django_db

ACT = "admin:university_sessionact"
# Of a class, its first lesson, or nothing in particular.
OF_CLASS = (
    f"{ACT}_class", f"{ACT}_complete", "admin:university_class_papers",
    "admin:university_class_print", "admin:university_classchange_pick", "admin:university_certificate_of_class",
)  # fmt: skip
OF_LESSON = (f"{ACT}_lesson", f"{ACT}_roll", f"{ACT}_sheet")
LISTS = (f"{ACT}_coverage", f"{ACT}_timetable", "admin:university_absencecase_due")
OF_ROUND = ("admin:signups_round_change", "admin:signups_round_freeze", "university:draw")
MOST = 25


def asked(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


def differing(before: dict[str, int], after: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Pages that ask more, or too much."""
    return {
        page: (before[page], after[page])
        for page in after
        if after[page] > before[page] or after[page] > MOST
    }  # fmt: skip


@pytest.fixture
def life(client, monkeypatch):
    monkeypatch.setattr(middleware, "SEEN_STEP", 3600)
    life = Life(NAMES[:1])
    client.force_login(life.clerk)
    return life


def miss_everything(life, rows) -> None:
    for session in life.group.sessions.order_by("number"):
        take_roll(session, 0, {row.pk: "out" for row in rows}, actor=life.clerk, on=session.starts_at.date())


def test_class_life_costs_the_same_for_one_student_and_for_four(client, life):
    pages = {name: reverse(name, args=[life.group.pk]) for name in OF_CLASS}
    pages |= {name: reverse(name, args=[life.first.pk]) for name in OF_LESSON}
    pages |= {name: reverse(name) for name in LISTS}
    miss_everything(life, life.rows)
    before = {name: asked(client, address) for name, address in pages.items()}
    life.rows += [life.enrol(life.group, make_person(name, birth_date="1955-02-03")) for name in (*NAMES[1:], "赵六")]
    miss_everything(life, life.rows)
    other = life.make_class(course_name="国画", weekday=4)
    miss = other.sessions.order_by("number").first()
    row = life.enrol(other, make_person("孙七", birth_date="1955-02-03"))
    take_roll(miss, 0, {row.pk: "out"}, actor=life.clerk, on=miss.starts_at.date())
    assert differing(before, {name: asked(client, address) for name, address in pages.items()}) == {}


def test_a_round_costs_the_same_for_one_class_and_for_three(client, life):
    now = timezone.now()
    round = Round(
        kind="class", unit=life.unit, name="秋季抽签", opens_at=now - dt.timedelta(1),
        closes_at=now + dt.timedelta(1), draws_at=now + dt.timedelta(2), draws_where="礼堂",
    )  # fmt: skip
    classes = [
        make_class(life.school, mode="lottery", course_name=name, weekday=day)
        for day, name in enumerate(("国画", "声乐", "太极"), 3)
    ]
    save_round(round, [classes[0].offering], actor=None)

    def ask(name, offering):
        return apply(
            round, [make_person(name, birth_date="1955-02-03")], [offering], source="web", actor=None, now=now,
            form_key=uuid.uuid4(),
        )  # fmt: skip

    def count() -> dict[str, int]:
        return {
            **{name: asked(client, reverse(name, args=[round.pk])) for name in OF_ROUND[:2]},
            "university:draw": asked(client, reverse("university:draw", args=[round.public_id])),
            "tickets": asked(client, reverse("admin:signups_ticket_changelist")),
        }

    ask("周八", classes[0].offering)
    before = count()
    save_round(round, [one.offering for one in classes], actor=None)
    for name, group in zip(("吴九", "郑十", "冯一"), classes, strict=True):
        ask(name, group.offering)
    assert differing(before, count()) == {}


def test_a_pad_costs_the_same_for_one_line_and_for_thirty(client, life):
    term = make_term(life.unit)

    def count(lines: int) -> dict[str, int]:
        sheet = pad.make_pad(life.school, term, lines=lines, actor=life.clerk, on=timezone.localdate())
        pages = ("admin:university_padsheet_print", "admin:university_padsheet_enter")
        return {name: asked(client, reverse(name, args=[sheet.pk])) for name in pages}

    before = count(1)
    assert differing(before, count(30)) == {}
