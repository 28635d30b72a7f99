"""A list of members from Excel: each cell judged, the same file once, transfers refused, nothing half-written."""

import datetime as dt
import io

import openpyxl
import pytest

from apps.branches.models import Membership, MemberUpload, Post
from apps.branches.services import member_uploads as uploads
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.workbook.writer import write_sheet
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_member, make_organisation, make_unit, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
HEAD = ["姓名", "出生日期", "党支部", "党小组", "组织关系", "转入日期", "入党时间", "党内职务"]


@pytest.fixture
def cast():
    unit = make_unit()
    foreign = make_unit("乙区委老干部局", parent=None, code="Y")
    branch = make_organisation("一支部", unit=unit)
    return {
        "unit": unit,
        "clerk": make_user("jingban", role="clerk", unit=unit),
        "branch": branch,
        "group": make_organisation("一组", above=branch, level="group", unit=unit),
        "other": make_organisation("二支部", unit=unit),
        "club": make_organisation("书画社", kind="functional", unit=unit),
        "elsewhere": make_organisation("外区支部", unit=foreign),
        "person": make_cadre("李德厚", unit=unit).person,
        "foreign": make_cadre("王秀兰", unit=foreign).person,
    }


def table(*rows, head=HEAD) -> bytes:
    stream = io.BytesIO()
    write_sheet(stream, "党员名单", head, rows)
    return stream.getvalue()


def judged(cast, *rows, head=HEAD):
    batch = uploads.receive(table(*rows, head=head), "党员.xlsx", since=DAY, actor=cast["clerk"])
    return batch, uploads.judge(batch, cast["clerk"])


def test_a_new_member_joins_with_group_date_and_post_and_the_same_file_changes_nothing(cast):
    line = ["李德厚", "1933-05-02", "一支部", "一组", "", "2026-02-01", "1955-07", "书记"]
    batch, found = judged(cast, line)
    assert [row.verdict for row in found.rows] == ["new"]
    assert uploads.apply(batch, actor=cast["clerk"]) == 1
    assert uploads.apply(batch, actor=cast["clerk"]) == 0

    member = Membership.objects.get()
    assert (member.organisation, member.group, member.starts_on) == (cast["branch"], cast["group"], dt.date(2026, 2, 1))
    assert str(Cadre.objects.get(pk=cast["person"].pk).joined_party_on) == "1955-07"
    assert Post.objects.get().kind == "secretary"
    assert AuditEntry.objects.filter(action="members.import").count() == 1
    _, again = judged(cast, line)
    assert [row.verdict for row in again.rows] == ["unchanged"]


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({0: "没有的人"}, "没有这个姓名和出生日期的人"),
        ({0: "王秀兰"}, "没有这个姓名和出生日期的人"),
        ({0: "=1+1"}, "像是公式"),
        ({0: None}, "没有填姓名"),
        ({1: "1933"}, "没有这个姓名和出生日期的人"),
        ({1: None}, "至少填一样"),
        ({2: "一支不"}, "没有叫“一支不”的党支部"),
        ({2: "外区支部"}, "不在您的管理范围内"),
        ({2: "书画社", 4: "正式"}, "不接正式组织关系"),
        ({3: "九组"}, "没有叫“九组”的党小组"),
        ({4: "随便"}, "可填：正式"),
        ({5: "2099-01-01"}, "晚于今天"),
        ({5: "2026-02"}, "要写到日"),
        ({7: "主席"}, "党内职务里没有“主席”"),
        ({2: "绝密"}, "密级"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_nothing_is_written(cast, over, sentence):
    line = ["李德厚", "1933-05-02", "一支部", None, None, None, None, None]
    for place, value in over.items():
        line[place] = value
    batch, found = judged(cast, line, ["", "", "", "", "", "", "", ""])
    (row,) = found.rows

    assert row.verdict == "refused"
    assert sentence in "".join(row.line.faults.values())
    with pytest.raises(BusinessError, match="没有要写入"):
        uploads.apply(batch, actor=cast["clerk"])
    marked = openpyxl.load_workbook(io.BytesIO(uploads.refused_list(found))).active
    assert sentence in str([cell.value for cell in marked[marked.max_row]])
    assert not Membership.objects.exists()


def test_a_formal_relation_elsewhere_is_a_transfer(cast):
    make_member(cast["person"], cast["other"])
    _, found = judged(cast, ["李德厚", "1933-05-02", "一支部", None, None, None, None, None])
    assert "要办组织关系转接" in "".join(found.rows[0].line.faults.values())
    _, beside = judged(cast, ["李德厚", "1933-05-02", "书画社", None, None, None, None, None])
    assert (beside.rows[0].verdict, beside.rows[0].link) == ("new", "functional")


def test_two_lines_of_one_person_are_both_refused(cast):
    _, found = judged(
        cast, ["李德厚", "1933-05-02", "一支部", *[None] * 5], ["李德厚", "1933-05", "二支部", *[None] * 5]
    )
    assert [row.verdict for row in found.rows] == ["refused", "refused"]


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"not a workbook", "a.xlsx", "内容却不是 Excel 工作簿"),
        (table(["李德厚"], head=["姓名"]), "a.xlsx", "没有“党支部”|没有找到表头|没有"),
        (table(["甲", "1", "甲"], head=["姓名", "姓名", "党支部"]), "a.xlsx", "写了两列|没有"),
        (table(["李德厚", "1933-05-02", "一支部"], head=HEAD[:3]), "机密名单.xlsx", "密级"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(cast, data, name, sentence):
    with pytest.raises(BusinessError, match=sentence):
        uploads.receive(data, name, since=DAY, actor=cast["clerk"])
    assert not MemberUpload.objects.exists()


def test_pages_take_a_list_in_and_strangers_do_not_see_it(client, cast):
    client.force_login(cast["clerk"])
    file = io.BytesIO(table(["李德厚", "1933-05-02", "一支部", *[None] * 5]))
    file.name = "党员.xlsx"
    response = client.post("/admin/branches/membership/import/", {"file": file, "since": "2026-03-01"})
    assert response.status_code == 302, response.context["form"].errors
    assert "加入一支部" in client.get(response.url).content.decode()
    assert client.post(response.url).status_code == 302
    assert Membership.objects.count() == 1
    client.force_login(make_user("other", role="clerk", unit=cast["unit"]))
    assert client.get(response.url).status_code == 404
    assert client.get("/admin/branches/membership/import/template/").status_code == 200
