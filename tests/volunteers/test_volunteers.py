"""Volunteers: papers, who may serve, registering, leaving."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.organisation.models import RuleSet
from apps.people.models import Person
from apps.volunteers.models import TeamMember, Volunteer, VolunteerStatement
from apps.volunteers.queries.volunteers import limits_of, may_serve, weekly_limits
from apps.volunteers.rules.volunteers import VolunteerRules, default_end, needed, weekly_limit
from apps.volunteers.services import volunteers
from apps.volunteers.services.volunteers import VolunteerFacts
from tests.builders import make_person, make_unit, make_user

from .builders import LONG_AGO, TODAY, make_membership, make_statement, make_team, make_volunteer

DAY = dt.timedelta(days=1)
RULES = VolunteerRules()


def test_the_papers_needed_grow_with_age_and_the_unknown_age_is_old():
    assert needed(60, RULES) == ["willing", "health"]
    assert needed(75, RULES) == needed(None, RULES) == ["willing", "health", "family"]
    assert needed(60, VolunteerRules(insurance_needed=True)) == ["willing", "health", "insured"]


def test_a_health_statement_holds_a_year_and_the_promise_until_he_leaves():
    assert default_end("health", dt.date(2024, 2, 29), RULES) == dt.date(2025, 2, 28)
    assert default_end("willing", TODAY, RULES) is None
    assert default_end("health", TODAY, VolunteerRules(health_months=0)) is None


def test_a_week_is_what_he_said_else_what_is_gentle_at_his_age():
    assert weekly_limit(82, 120, RULES) == 120
    assert weekly_limit(82, None, RULES) == weekly_limit(None, None, RULES) == 600
    assert weekly_limit(60, None, RULES) == 1200


@pytest.mark.django_db
def test_who_may_serve_is_told_in_four_queries_however_many(django_assert_max_num_queries):
    unit = make_unit()
    ready = make_volunteer("甲一", unit=unit)
    bare = make_volunteer("乙二", unit=unit, papers=("willing",))
    make_statement(bare, "health", ends_on=TODAY)
    old = make_volunteer("丙三", unit=unit, birth_date="1950-01-01")
    left = make_volunteer("丁四", unit=unit, left_on=TODAY)
    dead = make_volunteer("戊五", unit=unit, life_status="reported")
    nobody = make_person("己六")
    ids = [ready.pk, bare.pk, old.pk, left.pk, dead.pk, nobody.pk]
    with django_assert_max_num_queries(4):
        found = may_serve(ids, TODAY)
    assert set(found) == set(ids) - {ready.pk}
    assert "身体状况说明（2026-11-22到期）" in found[bare.pk]
    assert "家属知情同意书" in found[old.pk]
    assert "退出" in found[left.pk]
    assert "离世" in found[dead.pk]
    assert "没有登记" in found[nobody.pk]
    assert left.pk not in may_serve([left.pk], TODAY - DAY)
    assert may_serve([], TODAY) == {}


@pytest.mark.django_db
def test_a_unit_may_want_insurance():
    unit = make_unit()
    volunteer = make_volunteer(unit=unit)
    RuleSet.objects.create(
        kind=VolunteerRules.rule_key, unit=unit, effective_from=TODAY, document_no="云老〔2026〕9号",
        values={"insurance_needed": True},
    )  # fmt: skip
    assert may_serve([volunteer.pk], TODAY - DAY) == {}
    assert "保险凭证" in may_serve([volunteer.pk], TODAY)[volunteer.pk]
    make_statement(volunteer, "insured", insurer="云江保险")
    assert may_serve([volunteer.pk], TODAY) == {}


@pytest.mark.django_db
def test_limits_and_weeks_come_from_what_he_said():
    volunteer = make_volunteer(papers=("willing",), weekly_minutes=90)
    make_statement(volunteer, "health", limits="不爬楼", ends_on=TODAY + DAY)
    assert limits_of([volunteer.pk], TODAY) == {volunteer.pk: "不爬楼"}
    assert limits_of([volunteer.pk], TODAY + DAY) == {}
    assert weekly_limits([volunteer.pk], TODAY) == {volunteer.pk: 90}


@pytest.mark.django_db
def test_registering_twice_is_once_and_who_left_may_come_back():
    unit, person = make_unit(), make_person("李德厚", birth_date="1958-05-02")
    clerk = make_user("clerk", role="clerk", unit=unit)
    facts = VolunteerFacts(
        skills=("repairing", "driving"), wishes=("repair",), times=((2, "am"), (4, "pm")), weekly_minutes=240,
        contact_name="李晓梅", contact_phone="139 0000 7001",
    )  # fmt: skip
    made = volunteers.register(person, unit, on=TODAY, actor=clerk, facts=facts)
    assert volunteers.register(person, unit, on=TODAY + DAY, actor=clerk) == made
    assert made.skills == ["repairing", "driving"]
    assert made.contact_phone == "13900007001"
    assert list(made.times.values_list("weekday", "part")) == [(2, "am"), (4, "pm")]
    team = make_team(unit=unit)
    make_membership(made, team)
    make_membership(made, make_team("第二队", unit=unit), starts_on=TODAY + 9 * DAY)
    volunteers.leave(made, on=TODAY + DAY, reason="身体不便", actor=clerk)
    assert TeamMember.objects.on(TODAY + 9 * DAY).count() == 0
    assert TeamMember.objects.on(TODAY).count() == 1
    again = volunteers.register(person, unit, on=TODAY + 30 * DAY, actor=clerk)
    assert again.left_on is None
    assert again.joined_on == TODAY + 30 * DAY
    assert again.skills == made.skills


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "code"), [({"life_status": "deceased"}, "life"), ({"birth_date": "2015-01-01"}, "age")]
)
def test_the_dead_and_children_are_refused(over, code):
    person, unit = make_person("某人", **over), make_unit()
    with pytest.raises(BusinessError) as refusal:
        volunteers.register(person, unit, on=TODAY, actor=None)
    assert refusal.value.code == code
    assert not Volunteer.objects.exists()


@pytest.mark.django_db
def test_a_paper_is_recorded_once_and_ends_the_one_before():
    volunteer = make_volunteer()
    key = uuid.uuid4()
    common = {"signed_on": TODAY, "actor": None, "on": TODAY}
    made = volunteers.record_statement(volunteer, "health", form_key=key, limits="不走夜路", **common)
    assert volunteers.record_statement(volunteer, "health", form_key=key, **common) == made
    assert made.ends_on == dt.date(2027, 11, 22)
    before = VolunteerStatement.objects.get(volunteer=volunteer, kind="health", starts_on=LONG_AGO)
    assert before.ends_on == TODAY
    for kind, over, code in (
        ("willing", {"signed_on": TODAY + DAY}, "future"),
        ("insured", {"insurer": ""}, "insurer"),
        ("insured", {"insurer": "云江保险"}, "ends"),
        ("health", {"ends_on": TODAY}, "order"),
    ):
        with pytest.raises(BusinessError) as refusal:
            volunteers.record_statement(volunteer, kind, form_key=uuid.uuid4(), **{**common, **over})
        assert refusal.value.code == code


@pytest.mark.django_db
def test_unknown_codes_and_a_wrong_phone_change_nothing():
    volunteer = make_volunteer()
    for facts, field in (
        (VolunteerFacts(skills=("flying",)), "skills"),
        (VolunteerFacts(weekly_minutes=99999), "weekly_minutes"),
        (VolunteerFacts(times=((8, "am"),)), "times"),
        (VolunteerFacts(contact_phone="12"), "contact_phone"),
    ):
        with pytest.raises(BusinessError) as refusal:
            volunteers.change(volunteer, facts, actor=None, on=TODAY)
        assert refusal.value.field == field
    assert Person.objects.get(pk=volunteer.pk).version == 1
    assert not volunteer.times.exists()
