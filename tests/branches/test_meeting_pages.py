"""记会议 at the desk: four screens, the draft behind them, mismatch, 接龙, mending and taking back."""

import datetime
import io
import json
import re

import pytest
from django.utils import timezone
from PIL import Image

from apps.branches import drafts
from apps.branches.choices import AttendanceState, MeetingKind
from apps.branches.models import Attendance, Draft, HomeDelivery, Meeting
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return make_organisation("甲支部", venue="社区二楼")


@pytest.fixture
def members(branch):
    unit = make_unit()
    people = [make_cadre(name, unit=unit).person for name in ("张三", "李四", "王秀兰", "赵六")]
    for person in people:
        make_member(person, branch)
    return people


@pytest.fixture
def desk(client, branch, members):
    """The secretary signed in; returns the address of a page of his desk."""
    user = make_user("shuji", is_staff=False)
    make_post(members[0], branch, user=user)
    client.force_login(user)
    return lambda path="": f"/branch/{branch.public_id}/{path}"


def start(client, desk, present=2, **over):
    values = {"kind": "party_day", "held_on": timezone.localdate().isoformat(), "said_present": present, **over}
    return client.post(desk("meetings/new/start/"), values)


def roll(members, *states):
    return {f"state_{person.pk}": state for person, state in zip(members, states, strict=False)}


TWO_DELIVERED = ("present", "present", "delivery", "delivery")


def record(client, desk, members, states=TWO_DELIVERED):
    start(client, desk)
    client.post(desk("meetings/new/names/"), roll(members, *states))
    client.post(desk("meetings/new/words/"), {"topic": "重温入党誓词", "place": "社区二楼", "minutes": "都说了话"})
    return client.post(desk("meetings/new/review/"), {})


def test_party_day_with_two_deliveries_is_written_by_four_screens(client, desk, members):
    page = record(client, desk, members)

    meeting = Meeting.objects.get()
    assert page.url == desk(f"meetings/{meeting.public_id}/?saved=1")
    assert (meeting.kind, meeting.said_present, meeting.expected, meeting.topic) == (
        MeetingKind.PARTY_DAY, 2, 4, "重温入党誓词",
    )  # fmt: skip
    assert HomeDelivery.objects.filter(meeting=meeting, delivered_on=None).count() == 2
    assert not Draft.objects.exists()
    text = client.get(page.url).content.decode()
    assert "送学还有 2 人" in text
    assert "送学上门 2 人：" in text


def test_first_meeting_starts_with_nobody_present(client, desk, members):
    start(client, desk)

    page = client.get(desk("meetings/new/names/")).content.decode()
    assert page.count('value="absent" checked') == 4
    assert 'value="present" checked' not in page


def test_last_meeting_is_the_template(client, desk, members):
    record(client, desk, members)
    start(client, desk, again="1")

    page = client.get(desk("meetings/new/names/")).content.decode()
    assert page.count('value="present" checked') == 2
    assert page.count('value="delivery" checked') == 2
    assert "上一次的主题是“重温入党誓词”" in client.get(desk("meetings/new/words/")).content.decode()


def test_mismatch_is_shown_and_may_be_confirmed_either_way(client, desk, members):
    start(client, desk, present=3)
    names, marks = desk("meetings/new/names/"), roll(members, *TWO_DELIVERED)

    page = client.post(names, marks)
    assert page.status_code == 422
    assert "写的实到 3 人" in page.content.decode()
    assert "点了 2 人到会" in page.content.decode()

    assert client.post(names, {**marks, "take_count": "1"}).url == desk("meetings/new/words/")
    kept = dict(drafts_fields())
    assert (kept["said_present"], kept[f"state_{members[3].pk}"]) == ("2", "delivery")
    start(client, desk, present=3)
    assert client.post(names, {**marks, "keep_count": "1"}).url == desk("meetings/new/words/")
    assert dict(drafts_fields())["said_present"] == "3"


def drafts_fields():
    row = Draft.objects.get()
    return json.loads(row.data)


def test_pasted_chain_ticks_names_and_lists_the_unknown(client, desk, members):
    start(client, desk)

    page = client.post(
        desk("meetings/new/names/"), {"paste": "#接龙\n1. 张三\n2. 李四👍\n3. 钱七", "use_paste": "1"}
    ).content.decode()
    assert "按接龙点了 2 人到会" in page
    assert "钱七" in page
    assert page.count('value="present" checked') == 2


def test_draft_survives_signing_out_and_is_offered_again(client, desk, members, branch):
    start(client, desk)
    client.post(desk("draft/meeting/"), {"topic": "写到一半", "minutes": "还没说完"})
    user = branch.posts.get().user
    client.logout()
    client.force_login(user)

    assert "上次没写完" in client.get(desk("meetings/new/")).content.decode()
    assert "写到一半" in client.get(desk("meetings/new/words/")).content.decode()
    client.post(desk("meetings/new/"))
    assert not Draft.objects.exists()


def test_draft_is_sealed_ones_own_and_purged_after_thirty_days(client, desk, members, branch):
    client.post(desk("draft/meeting/"), {"minutes": "私下说的话"})
    row = Draft.objects.get()
    raw = Draft.objects.values_list("data", flat=True).get()

    assert "私下说的话".encode() not in bytes(raw)
    other = make_user("other", is_staff=False)
    make_post(members[1], branch, kind="deputy", user=other)
    client.force_login(other)
    assert "私下说的话" not in client.get(desk("meetings/new/words/"), follow=True).content.decode()
    assert drafts.purge(row.updated_at + datetime.timedelta(days=29)) == 0
    assert drafts.purge(row.updated_at + datetime.timedelta(days=30)) == 1


def test_button_keeps_a_half_written_screen_without_scripts(client, desk, members):
    page = client.post(desk("meetings/new/start/"), {"kind": "lecture", "keep_draft": "1"})

    assert page.url == desk("meetings/new/start/")
    assert re.search(r'value="lecture"[^>]*checked', client.get(page.url).content.decode())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"held_on": "2999-01-01"}, "日期不能晚于今天"),
        ({"said_present": "-1"}, "实到几个人"),
        ({"kind": "nonsense"}, "什么会"),
        ({"said_present": "九"}, "实到几个人"),
    ],
)
def test_first_screen_says_what_is_wrong(client, desk, members, values, sentence):
    page = start(client, desk, **values)

    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_same_day_is_asked_about(client, desk, members):
    record(client, desk, members)

    page = start(client, desk)
    assert page.status_code == 422
    assert "这一天已经记过一次" in page.content.decode()


def test_mending_changes_the_roll_and_undo_takes_it_back(client, desk, members):
    record(client, desk, members)
    meeting = Meeting.objects.get()
    change = desk(f"meetings/{meeting.public_id}/change/")

    client.post(f"{change}names/", {**roll(members, "present", "present", "present", "delivery"), "take_count": "1"})
    client.post(f"{change}review/", {})
    meeting.refresh_from_db()
    assert meeting.said_present == 3
    assert Attendance.objects.filter(meeting=meeting, state=AttendanceState.PRESENT).count() == 3
    assert HomeDelivery.objects.filter(meeting=meeting, voided_at=None).count() == 1

    client.post(desk(f"meetings/{meeting.public_id}/undo/"))
    meeting.refresh_from_db()
    assert meeting.voided_at is not None
    assert not HomeDelivery.objects.filter(meeting=meeting, voided_at=None).exists()


def test_photos_are_images_of_this_meeting_only(client, desk, members):
    record(client, desk, members)
    meeting = Meeting.objects.get()
    upload = io.BytesIO()
    Image.new("RGB", (8, 6)).save(upload, "PNG")
    upload.seek(0)
    upload.name = "会场.png"

    client.post(desk(f"meetings/{meeting.public_id}/photos/"), {"photo": upload})
    page = client.get(desk(f"meetings/{meeting.public_id}/")).content.decode()
    address = page.split('<img src="')[1].split('"')[0]
    kept = client.get(address)
    assert kept.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(kept.content)).format == "JPEG"
    client.force_login(make_user("stranger", is_staff=False))
    assert client.get(address).status_code == 404


def test_another_branch_and_its_meetings_are_not_there(client, desk, members):
    record(client, desk, members)
    meeting = Meeting.objects.get()
    elsewhere = make_organisation("乙支部")
    stranger = make_user("stranger", is_staff=False)
    make_post(make_cadre("钱七", unit=make_unit("乙局")).person, elsewhere, user=stranger)
    client.force_login(stranger)

    for path in ("", "meetings/new/start/", f"meetings/{meeting.public_id}/", "members/", "report/"):
        assert client.get(desk(path)).status_code == 404, path
    own = f"/branch/{elsewhere.public_id}/meetings/{meeting.public_id}/"
    assert client.get(own).status_code == 404
    assert client.post(f"{own}undo/").status_code == 404


def test_staff_enter_on_behalf_and_it_says_so(client, branch, members):
    unit = members[0].cadre.managing_unit
    branch.unit = unit
    branch.save()
    client.force_login(make_user("clerk", role="clerk", unit=unit))
    desk = lambda path="": f"/branch/{branch.public_id}/{path}"  # noqa: E731

    record(client, desk, members)
    assert Meeting.objects.get().by_staff
