"""What a roster says of branch and 责任人 reaches the rooms above, once."""

import datetime as dt

from apps.branches.models import Membership
from apps.ledgers.models import CareAssignment
from apps.ledgers.services.rosters import take_up_rosters
from apps.people.models import Person
from apps.registry.models import ImportExtra
from apps.registry.roster.answers import Answers
from apps.registry.services import roster
from tests.builders import make_member, make_organisation, make_user
from tests.registry.rosters import citizen_id, workbook

ON = dt.date(2026, 11, 22)
HEAD = ["姓名", "身份证号", "责任人", "支部"]


def imported(bureau, *rows):
    answers = Answers(retire_type="retired", unit_id=bureau.pk, calendar="solar")
    batch, _ = roster.import_now(workbook(HEAD, *rows), "a.xlsx", answers=answers)
    assert batch.counts["refused"] == 0
    Person.objects.update(political_status="01")
    return batch


def outcomes():
    return dict(ImportExtra.objects.values_list("value", "outcome"))


def test_carers_and_branches_are_taken_up_once(bureau, clerk):
    make_organisation("第一支部")
    imported(bureau, *[[f"甲{n}", citizen_id(sequence=n), "clerk", "第一支部"] for n in range(11, 18)])
    for _ in range(2):
        take_up_rosters(on=ON)
    assert CareAssignment.objects.filter(carer=clerk, ends_on__isnull=True).count() == 7
    assert Membership.objects.filter(organisation__name="第一支部", link="formal").count() == 7
    assert outcomes() == {"clerk": "已指定责任人", "第一支部": "已登记为支部党员"}


def test_what_cannot_be_taken_up_says_why_and_stays_for_a_clerk(bureau):
    make_user("same", display_name="王某")
    make_user("again", display_name="王某")
    imported(
        bureau, ["甲", citizen_id(sequence=11), "王某", "没有的支部"], ["乙", citizen_id(sequence=13), "李某", None]
    )
    take_up_rosters(on=ON)
    assert outcomes() == {
        "王某": "有几个同名账号，请在责任分工里指定",
        "李某": "没有这个人的工作账号，请在责任分工里指定",
        "没有的支部": "支部表里没有这个支部，请在支部里登记",
    }
    assert not CareAssignment.objects.exists()


def test_who_is_no_member_and_what_is_no_branch_is_left_to_a_clerk(bureau):
    make_organisation("第一支部")
    make_organisation("党总支", level="general")
    imported(bureau, ["甲", citizen_id(sequence=11), None, "第一支部"], ["乙", citizen_id(sequence=13), None, "党总支"])
    Person.objects.filter(name="甲").update(political_status="13")
    take_up_rosters(on=ON)
    assert outcomes() == {
        "第一支部": "不是在册党员（政治面貌或离世），没有登记",
        "党总支": "这是党总支，请选下面的一个党支部",
    }
    assert not Membership.objects.exists()


def test_a_formal_link_elsewhere_is_not_moved(bureau):
    old, _ = make_organisation("第一支部"), make_organisation("第二支部")
    batch = imported(bureau, ["甲", citizen_id(sequence=11), None, "第二支部"])
    make_member(batch.extras.get().person, old)
    take_up_rosters(on=ON)
    assert outcomes() == {"第二支部": "正式组织关系在别的支部，要办转接"}
    assert Membership.objects.get().organisation == old
