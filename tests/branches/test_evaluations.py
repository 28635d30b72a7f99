"""Evaluation by standards: opening, self-assessment in parts, submission, verification, naming, reward, undo."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.models import Evaluation, EvaluationLine, Standard
from apps.branches.queries.evaluations import parts_of, totals_of
from apps.branches.rules.evaluation import missing_items, plain, points_refusal, total, valid_until
from apps.branches.services import evaluation_decisions as above
from apps.branches.services import evaluations as services
from apps.branches.services.evaluations import Given, ItemFacts
from apps.common.errors import BusinessError, StaleVersion
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

TODAY = timezone.localdate()
DAY = dt.timedelta(1)
YEAR = TODAY.year
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
ITEMS = (
    ItemFacts("组织设置好", "按规定设置党支部", Decimal(10)),
    ItemFacts("组织设置好", "班子配备齐全", Decimal(10)),
    ItemFacts("学习活动好", "每月开展主题党日", Decimal(15)),
    ItemFacts("学习活动好", "受到市级以上表彰", Decimal(5), "bonus"),
    ItemFacts("学习活动好", "发生违纪情况", Decimal(5), "deduction"),
)


def make_standard(**over) -> Standard:
    values = {"name": "六好党支部", "subject": "branch", "year_from": YEAR - 1, **over}
    return services.keep_standard(Standard(**values), ITEMS, actor=None)


@pytest.fixture
def cast(db):
    unit = make_unit()
    above_ = make_organisation("党总支", unit=unit, level="general")
    branch = make_organisation("一支部", unit=unit, above=above_)
    other = make_organisation("二支部", unit=unit, above=above_)
    people = {name: make_cadre(name, unit=unit).person for name in ("丁一", "王五", "马六")}
    make_member(people["丁一"], branch)
    users = {}
    for name, key, where in (("丁一", "shuji", branch), ("王五", "shangji", above_), ("马六", "qita", other)):
        users[key] = make_user(key, is_staff=False)
        make_post(people[name], where, user=users[key])
    standard = make_standard()
    services.open_evaluations(
        standard, year=YEAR, due_on=TODAY + 10 * DAY, actor=None, organisation_ids=[branch.pk, other.pk]
    )
    evaluation = Evaluation.objects.get(organisation=branch)
    return {
        "unit": unit, "above": above_, "branch": branch, "other": other, "standard": standard,
        "evaluation": evaluation, **users,
    }  # fmt: skip


def items(standard) -> dict[int, int]:
    """number → pk"""
    return dict(standard.items.values_list("number", "pk"))


def fill(evaluation, points=(8, 9, 12), user=None):
    pks = items(evaluation.standard)
    for section, numbers in (("组织设置好", (1, 2)), ("学习活动好", (3,))):
        lines = list(services.lines_of_section(evaluation, section))
        given = {pks[number]: Given(Decimal(points[number - 1]), "做到了") for number in numbers}
        seen = services.seen_of(lines)
        services.save_part(evaluation, section, given, seen=seen, actor=user, by_staff=False)


def visit(**over):
    ways = {"heard": True, "inspected": True, "visited": True, "talked": True}
    return above.Visit(**{"verified_on": TODAY, "verifiers": "组织科", **ways, **over})


def check(evaluation, points, user=None, **over):
    pks = items(evaluation.standard)
    checked = {pks[number]: above.Checked(Decimal(value)) for number, value in points.items()}
    seen = services.seen_of(evaluation.lines.all())
    return above.verify(evaluation, checked, visit(**over), seen=seen, actor=user)


# Rules --------------------------------------------------------------------------------------------------------


def test_deductions_are_taken_away_and_nothing_given_is_no_sum():
    assert total([(Decimal(8), "normal"), (Decimal(2), "bonus"), (Decimal("1.5"), "deduction"), (None, "normal")]) == (
        Decimal("8.5")
    )
    assert total([(None, "normal")]) is None
    assert plain(Decimal("10.00")) == "10"
    assert plain(Decimal("4.50")) == "4.5"


def test_only_basic_items_must_be_filled():
    assert missing_items([(1, "normal", None), (2, "normal", Decimal(0)), (3, "bonus", None)]) == [1]
    assert points_refusal(Decimal(11), Decimal(10)) == "分数在 0 到 10 之间。"
    assert points_refusal(None, Decimal(10)) == ""


def test_a_naming_ends_the_day_before_its_anniversary():
    assert valid_until(dt.date(2024, 2, 29), 3) == dt.date(2027, 2, 28)
    assert valid_until(dt.date(2026, 7, 1), 3) == dt.date(2029, 6, 30)


# Services -----------------------------------------------------------------------------------------------------


def test_opening_again_opens_nothing_new(cast):
    assert EvaluationLine.objects.count() == 10
    again = services.open_evaluations(
        cast["standard"], year=YEAR, due_on=TODAY, actor=None, organisation_ids=[cast["branch"].pk]
    )
    assert again == 0
    assert EvaluationLine.objects.count() == 10


def test_exactly_one_subject_by_constraint(cast):
    values = {"standard": cast["standard"], "year": YEAR + 1, "due_on": TODAY}
    for subject in ({}, {"organisation": cast["branch"], "unit": cast["unit"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evaluation.objects.create(**values, **subject)


def test_units_go_through_the_same_steps(cast):
    standard = make_standard(name="六好单位", subject="unit")
    opened = services.open_evaluations(standard, year=YEAR, due_on=TODAY, actor=None, unit_ids=[cast["unit"].pk])
    assert opened == 1
    evaluation = Evaluation.objects.get(unit=cast["unit"])
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=True)
    assert check(evaluation, {1: 8, 2: 8, 3: 12}).state == "verified"
    with pytest.raises(BusinessError, match="评估对象"):
        services.open_evaluations(standard, year=YEAR, due_on=TODAY, actor=None, organisation_ids=[1])


def test_items_stand_once_a_standard_is_used(cast):
    with pytest.raises(BusinessError, match="不能再改"):
        services.keep_standard(cast["standard"], ITEMS[:1], actor=None)


def test_submission_names_what_is_missing_and_twice_is_once(cast):
    evaluation = cast["evaluation"]
    with pytest.raises(BusinessError, match="第 1、2、3 条"):
        services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    fill(evaluation)
    for _ in range(2):
        services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.submitted_on, evaluation.steps.count()) == ("submitted", TODAY, 1)
    with pytest.raises(BusinessError, match="已经呈报"):
        fill(evaluation, (1, 1, 1))


def test_a_part_sent_twice_changes_nothing_and_a_stale_one_is_refused(cast):
    evaluation, pks = cast["evaluation"], items(cast["standard"])
    seen = services.seen_of(services.lines_of_section(evaluation, "组织设置好"))
    mine = {pks[1]: Given(Decimal(8))}
    save = {"seen": seen, "actor": None, "by_staff": True}
    assert services.save_part(evaluation, "组织设置好", mine, **save) == 1
    assert services.save_part(evaluation, "组织设置好", mine, **save) == 0
    with pytest.raises(StaleVersion):
        services.save_part(evaluation, "组织设置好", {pks[1]: Given(Decimal(9))}, **save)
    assert EvaluationLine.objects.get(evaluation=evaluation, item_id=pks[1]).by_staff


def test_from_submission_to_naming_and_reward(cast):
    evaluation = cast["evaluation"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    with pytest.raises(BusinessError, match="至少要用 4 种"):
        check(evaluation, {1: 8, 2: 9, 3: 12}, talked=False)
    with pytest.raises(BusinessError, match="第 3 条还没有初核分"):
        check(evaluation, {1: 8, 2: 9})
    check(evaluation, {1: 8, 2: 9, 3: 11})
    pks = items(cast["standard"])
    seen = services.seen_of(evaluation.lines.all())
    above.recheck(evaluation, {pks[3]: above.Checked(Decimal(10))}, seen=seen, on=TODAY, actor=None)
    assert totals_of([line for part in parts_of(evaluation) for line in part.lines]) == [
        ("自评", "29"), ("初核", "28"), ("复核", "10"), ("命名", "27"),
    ]  # fmt: skip
    named = above.name(evaluation, above.Naming(level="city", decided_on=TODAY, plaque_no="云 001"), actor=None)
    assert (named.state, named.valid_until) == ("named", valid_until(TODAY, 3))
    paid = above.reward(evaluation, amount=Decimal(3000), on=TODAY, purpose="添置学习用书", actor=None)
    assert paid.reward_amount == 3000
    with pytest.raises(BusinessError, match="已经登记过奖补"):
        above.reward(evaluation, amount=Decimal(1), on=TODAY, purpose="书", actor=None)


def test_a_returned_one_is_written_again(cast):
    evaluation = cast["evaluation"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    above.send_back(evaluation, reason="第 3 条请附台账", on=TODAY, actor=None)
    fill(evaluation, (8, 9, 10))
    assert services.submit(evaluation, on=TODAY, actor=None, by_staff=False).state == "submitted"


def test_the_last_step_is_undone_by_whoever_did_it_on_the_day(cast):
    evaluation, user = cast["evaluation"], cast["shangji"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=cast["shuji"], by_staff=False)
    check(evaluation, {1: 8, 2: 9, 3: 11}, user=user)
    above.name(evaluation, above.Naming(level="city", decided_on=TODAY), actor=user)
    with pytest.raises(BusinessError, match="当天由本人"):
        above.undo(evaluation, on=TODAY, actor=cast["shuji"])
    undone = above.undo(evaluation, on=TODAY, actor=user)
    assert (undone.state, undone.level, undone.valid_until) == ("verified", "", None)
    with pytest.raises(BusinessError, match="当天由本人"):
        above.undo(evaluation, on=TODAY, actor=user)
