import datetime

import pytest

from apps.branches.choices import AttendanceState, Kind, MeetingKind
from apps.branches.rules import MeetingRules, clean_minutes, coverage, match_names, period_of, require_kind
from apps.branches.rules.meetings import delivery_due, due_kinds, is_frail, state_offered
from apps.common.errors import BusinessError

MEMBERS = {1: "张三", 2: "李四", 3: "王秀兰", 4: "欧阳建国", 5: "张伟", 6: "张伟", 7: "劉德厚", 8: "代小红"}


@pytest.mark.parametrize(
    ("day", "months", "first", "last"),
    [
        ("2026-11-22", 1, "2026-11-01", "2026-12-01"),
        ("2026-12-31", 1, "2026-12-01", "2027-01-01"),
        ("2026-02-28", 3, "2026-01-01", "2026-04-01"),
        ("2026-12-31", 3, "2026-10-01", "2027-01-01"),
        ("2028-02-29", 12, "2028-01-01", "2029-01-01"),
    ],
)
def test_periods_are_those_of_the_calendar(day, months, first, last):
    days = tuple(map(datetime.date.fromisoformat, (day, first, last)))

    assert period_of(days[0], months) == days[1:]


def test_each_member_counts_once_and_strangers_do_not_count():
    found = coverage(range(16), [15, *range(16, 25)], [*range(24, 31), 99], range(40))

    assert (found.attended, found.delivered, found.on_leave, found.covered, found.percent) == (16, 9, 6, 31, 77)
    assert coverage([1], [], [], []).percent is None


def test_functional_branch_holds_activities_and_a_floating_one_no_election():
    require_kind(Kind.FUNCTIONAL, MeetingKind.ACTIVITY)
    require_kind(Kind.FLOATING, MeetingKind.ASSEMBLY)

    with pytest.raises(BusinessError, match="功能型党组织只组织活动"):
        require_kind(Kind.FUNCTIONAL, MeetingKind.ASSEMBLY)
    with pytest.raises(BusinessError, match="不换届选举"):
        require_kind(Kind.FLOATING, MeetingKind.ELECTION)


def test_what_is_due_depends_on_committee_groups_and_kind():
    rules = MeetingRules(lecture_months=0)

    assert set(due_kinds(rules, organisation_kind=Kind.FUNCTIONAL, has_committee=True, has_groups=True)) == {
        MeetingKind.PARTY_DAY
    }
    assert due_kinds(rules, organisation_kind=Kind.FORMAL, has_committee=False, has_groups=False) == {
        MeetingKind.PARTY_DAY: 1,
        MeetingKind.ASSEMBLY: 3,
        MeetingKind.LIFE: 12,
        MeetingKind.REVIEW: 12,
    }


def test_rules_refuse_nonsense():
    with pytest.raises(ValueError, match="1、2、3、4、6 或 12"):
        MeetingRules(assembly_months=5)


def test_frail_are_those_twice_brought_home_or_known_so():
    twice = [AttendanceState.DELIVERY, AttendanceState.DELIVERY, AttendanceState.PRESENT]

    assert is_frail(twice, ability=None, long_in_hospital=False)
    assert is_frail([], ability=2, long_in_hospital=False)
    assert is_frail([], ability=0, long_in_hospital=True)
    assert not is_frail(twice[1:], ability=1, long_in_hospital=False)


def test_nobody_is_present_before_he_was_seen():
    present = [AttendanceState.PRESENT]

    assert state_offered([], frail=False, away=False) == AttendanceState.ABSENT
    assert state_offered(present, frail=False, away=False) == AttendanceState.PRESENT
    assert state_offered(present, frail=False, away=True) == AttendanceState.LEAVE
    assert state_offered([AttendanceState.ONLINE], frail=False, away=True) == AttendanceState.ONLINE
    assert state_offered(present, frail=True, away=True) == AttendanceState.DELIVERY


def test_delivery_is_due_after_the_days_of_the_rules():
    assert delivery_due(datetime.date(2026, 10, 25), MeetingRules()) == datetime.date(2026, 11, 9)


CHAIN = """#接龙
10月主题党日，25日上午9点，请大家接龙
例 姓名

1. 张三
2、李 四👍
3）王秀蘭同志 参加🙏
4️⃣ 欧阳建国
⑤张伟
6. 刘德厚（收到）
7 代小红
8. 张三（代李四）
9. 赵大伟
10. 王秀兰
11. 李四 请假
"""


def test_chain_of_the_group_names_members():
    found = match_names(CHAIN, MEMBERS)

    assert found.matched == (1, 2, 3, 4, 7, 8)
    assert found.ambiguous == (("张伟", (5, 6)),)
    assert found.unmatched == ("张三(代李四)", "赵大伟", "李四 请假")


@pytest.mark.parametrize(
    ("text", "matched", "unmatched"),
    [
        ("张三、李四，王秀兰", (1, 2, 3), ()),
        ("张三\n李四 王秀兰", (1, 2, 3), ()),
        ("1.张三 和老伴", (1,), ("老伴",)),
        ("1.张三代李四", (), ("张三代李四",)),
        ("1.张三不来了", (), ("张三不来了",)),
        ("", (), ()),
        ("😀😀\n#接龙\n\u200b", (), ()),
        ("1.张三三", (), ("张三三",)),
        ("@张三 ", (1,), ()),
    ],
)
def test_chain_in_other_shapes(text, matched, unmatched):
    found = match_names(text, MEMBERS)

    assert (found.matched, found.unmatched) == (matched, unmatched)


def test_minutes_lose_what_programs_leave_behind_and_keep_their_words():
    pasted = "\ufeff一、学习 文件\xa0\r\n\uf0b7 传达精神,大家 讨论;;\v\v\v\v二、会议3.5小时,v2.0\u200b[语音] 12''\n"
    pasted += "张三:同意.\n[图片]"

    assert clean_minutes(pasted) == "一、学习文件\n· 传达精神，大家讨论；\n\n二、会议3.5小时，v2.0\n张三：同意。"
