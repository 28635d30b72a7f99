"""Pages of organisations at the desk and in the admin: rosters, contacts, inspections, coverage, acts."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.branches.models import Inspection, InspectionFinding, MemberContact, Organisation, OrganisationHonour
from apps.branches.services import inspections as inspection_services
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.names import name_keys
from apps.people.models import Person
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = dt.timedelta(1)


@pytest.fixture
def cast(client):
    unit = make_unit()
    branch, other = make_organisation("一支部", unit=unit), make_organisation("二支部", unit=unit)
    people = {name: make_cadre(name, unit=unit).person for name in ("丁一", "王五", "马六")}
    for name, person in people.items():
        Person.objects.filter(pk=person.pk).update(name_stroke_key=name_keys(name).stroke_key)
        make_member(person, branch)
    user = make_user("shuji", is_staff=False)
    make_post(people["丁一"], branch, user=user)
    client.force_login(user)
    return {"unit": unit, "branch": branch, "other": other, "user": user, **people}


def at(name, organisation, *args):
    return reverse(f"branches:{name}", args=[organisation.public_id, *args])


def clerk(client, cast):
    user = make_user("jingban", role="section_head", unit=cast["unit"])
    client.force_login(user)
    return user


def test_the_branch_sees_its_own_page_and_not_that_it_is_too_large(client, cast):
    for number in range(50):
        make_member(make_cadre(f"党员{number}", unit=cast["unit"]).person, cast["branch"])
    page = client.get(at("overview", cast["branch"])).content.decode()
    assert "正式党员 53 名" in page
    assert "应设支委会" in page
    assert "超过 50 名" not in page
    clerk(client, cast)
    assert "超过 50 名" in client.get(at("overview", cast["branch"])).content.decode()
    assert "超过 50 名" in client.get(f"/admin/branches/organisation/{cast['branch'].pk}/change/").content.decode()


@pytest.mark.parametrize(
    "name", ["overview", "committee", "contacts", "inspections", "members_print", "members_export"]
)
def test_another_branch_is_not_there(client, cast, name):
    assert client.get(at(name, cast["other"])).status_code == 404


def test_roster_comes_by_strokes_or_posts_on_paper_and_as_a_workbook_and_is_logged(client, cast):
    page = client.get(at("members_print", cast["branch"])).content.decode()
    assert page.index("丁一") < page.index("马六")
    assert "排列：姓氏笔画" in page
    response = client.get(at("members_export", cast["branch"]) + "?order=posts")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)
    assert rows[0][0] == "一支部党员花名册（按职务排列）"
    assert [row[1] for row in rows[2:]] == ["丁一", "马六", "王五"]
    entries = AuditEntry.objects.filter(action__in=["print", "export"])
    assert [(entry.action, entry.subject_count) for entry in entries.order_by("pk")] == [("print", 3), ("export", 3)]


def test_staff_print_those_in_their_charge_only(client, cast):
    foreign = make_cadre("外单位", unit=make_unit("乙区", code="Y"))
    make_member(foreign.person, cast["branch"])
    clerk(client, cast)
    page = client.get(f"/admin/branches/organisation/{cast['branch'].pk}/roster/members/").content.decode()
    assert "外单位" not in page
    assert "另有 1 人不在您的管理范围内" in page


def test_contacts_are_arranged_and_changed_and_uncovered_stand_first(client, cast):
    url = at("contacts", cast["branch"])
    assert "还有 3 位党员没有联系人" in client.get(url).content.decode()
    typed = {f"m{cast['王五'].pk}": cast["丁一"].pk, f"m{cast['马六'].pk}": ""}
    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 302
    row = MemberContact.objects.get()
    assert (row.member, row.keeper, row.by_staff) == (cast["王五"], cast["丁一"], False)
    strange = {f"m{cast['王五'].pk}": cast["马六"].pk}
    assert client.post(url, strange).status_code == 422
    client.post(url, {f"m{cast['王五'].pk}": ""})
    assert MemberContact.objects.get().ends_on == TODAY


@pytest.fixture
def finding(cast):
    inspection = Inspection(organisation=cast["branch"], inspected_on=TODAY - 9 * DAY, inspectors="甲", subject="检查")
    inspection_services.record_inspection(inspection, [("记录不全", TODAY - 2 * DAY)], actor=None)
    return InspectionFinding.objects.get()


def test_a_finding_is_answered_at_the_desk_and_rechecked_by_staff(client, cast, finding):
    assert "记录不全" in client.get(at("inspections", cast["branch"])).content.decode()
    url = at("inspection_answer", cast["branch"], finding.public_id)
    assert client.post(url, {"answer": "", "on": f"{TODAY}"}).status_code == 422
    assert client.post(url, {"answer": "已补", "on": f"{TODAY + DAY}"}).status_code == 422
    assert client.post(url, {"answer": "已补", "on": f"{TODAY}"}).status_code == 302
    assert client.get(at("inspection_answer", cast["other"], finding.public_id)).status_code == 404

    clerk(client, cast)
    page = f"/admin/branches/inspection/{finding.inspection_id}"
    assert "已补" in client.get(f"{page}/change/").content.decode()
    recheck = f"{page}/finding/{finding.public_id}/"
    assert client.post(recheck, {"result": "again", "on": f"{TODAY}"}).status_code == 422
    assert client.post(recheck, {"result": "done", "on": f"{TODAY}", "note": "好"}).status_code == 302
    assert client.get(recheck).status_code == 403
    with pytest.raises(BusinessError, match="已经复查通过"):
        inspection_services.answer_finding(finding, answer="x", on=TODAY, actor=None)


def test_staff_record_an_inspection_with_its_findings_once_each(client, cast):
    clerk(client, cast)
    typed = {
        "organisation": cast["branch"].pk, "inspected_on": f"{TODAY}", "inspectors": "甲", "subject": "检查",
        "summary": "", "found": "一\n\n二\n", "due_on": f"{TODAY + DAY}",
    }  # fmt: skip
    assert client.post("/admin/branches/inspection/add/", typed | {"due_on": ""}).status_code == 200
    response = client.post("/admin/branches/inspection/add/", typed)
    assert response.status_code == 302, response.context["adminform"].form.errors
    inspection = Inspection.objects.get()
    assert [row.content for row in inspection.findings.all()] == ["一", "二"]
    key = str(uuid.uuid4())
    for _ in range(2):
        typed = {"content": "三", "due_on": f"{TODAY}", "key": key}
        assert client.post(f"/admin/branches/inspection/{inspection.pk}/finding/", typed).status_code == 302
    assert inspection.findings.count() == 3
    assert "3 条，已到位 0 条" in client.get("/admin/branches/inspection/?open=open").content.decode()


def test_the_list_and_coverage_say_what_is_missing(client, cast):
    clerk(client, cast)
    make_cadre("没有支部的", unit=cast["unit"])
    page = client.get("/admin/branches/organisation/").content.decode()
    assert "没有书记" in page
    page = client.get("/admin/branches/organisation/coverage/?what=unplaced").content.decode()
    assert "没有支部的" in page
    assert "二支部" in client.get("/admin/branches/organisation/coverage/?what=too_small").content.decode()
    assert client.get("/admin/branches/organisation/coverage/?what='; drop").status_code == 200
    response = client.get("/admin/branches/organisation/coverage/?what=too_small&xlsx=1")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)
    assert [row[0] for row in rows if row[0] in ("一支部", "二支部")] == ["二支部"]
    people = "/admin/branches/organisation/coverage/?what=unplaced"
    assert client.post(people, {"reason": ""}).status_code == 302
    response = client.post(people, {"reason": "补登组织关系"})
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)
    assert "没有支部的" in [row[0] for row in rows]
    assert AuditEntry.objects.filter(action="export", reason="补登组织关系").count() == 1
    response = client.get("/admin/branches/organisation/export/")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)
    assert [row[0] for row in rows[2:]] == ["一支部", "二支部"]


def test_dissolving_and_taking_it_back_through_the_pages(client, cast):
    clerk(client, cast)
    page = f"/admin/branches/organisation/{cast['branch'].pk}"
    typed = {"on": f"{TODAY}", "document_no": "1号", "reason": "人少", "target": ""}
    refused = client.post(f"{page}/dissolve/", typed)
    assert refused.status_code == 422
    assert "3 名党员的正式组织关系" in refused.content.decode()
    assert client.post(f"{page}/merge/", typed | {"target": cast["other"].pk}).status_code == 302
    text = client.get(f"{page}/change/").content.decode()
    assert "取消撤销" in text
    act = cast["branch"].acts.get()
    assert client.post(f"{page}/undo/{act.pk}/").status_code == 302
    assert Organisation.objects.get(pk=cast["branch"].pk).dissolved_on is None
    assert client.get(f"{page}/undo/{2**70}/").status_code == 404


def test_honours_and_changes_by_document(client, cast):
    clerk(client, cast)
    page = f"/admin/branches/organisation/{cast['branch'].pk}"
    typed = {"name": "示范支部", "level": "city", "awarded_on": f"{TODAY}", "awarded_by": "", "document_no": ""}
    assert client.post(f"{page}/honour/", typed).status_code == 302
    assert client.post(f"{page}/honour/", typed).status_code == 422
    assert OrganisationHonour.objects.count() == 1
    form = client.get(f"{page}/change/?edit=1").context["adminform"].form
    typed = {name: value for name, value in form.initial.items() if value is not None} | {
        "name": "改名支部", "seen_version": form.current_version(),
    }  # fmt: skip
    assert "批复文号" in client.post(f"{page}/change/?edit=1", typed).content.decode()
    assert client.post(f"{page}/change/?edit=1", typed | {"document_no": "2号"}).status_code == 302
    assert cast["branch"].acts.get().note.startswith("名称由")
