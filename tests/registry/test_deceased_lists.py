"""Lists of deceased of another office: matches become reports to verify, never deaths (domain 2.1.4)."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.common import attachments, crypto, jobs
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.common.workbook import Sheet, read
from apps.common.workbook.writer import write_sheet
from apps.people.models import Person
from apps.people.services import apply_citizen_id, check_citizen_id
from apps.registry.models import DeceasedList, LifeEvent
from apps.registry.reporting import deceased
from apps.registry.services import life
from apps.registry.services.deceased import receive_list
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
ID_A, ID_B, ID_C = "11010519491231002X", "440600193602290016", "37170019320307009X"
OCTOBER = PartialDate(2026, 10)
ADD = "/admin/registry/deceasedlist/add/"


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def district(city):
    return make_unit("东川区委老干部局", parent=city)


@pytest.fixture
def clerk(district):
    return make_user("jingban", role="clerk", unit=district)


def registered(name, number, unit, **over):
    cadre = make_cadre(name, unit=unit, birth_date=f"{number[6:10]}-{number[10:12]}-{number[12:14]}", **over)
    apply_citizen_id(cadre.person, check_citizen_id(number))
    cadre.person.save()
    return cadre


def workbook(rows, header=("姓名", "身份证号", "死亡日期")) -> bytes:
    stream = io.BytesIO()
    write_sheet(stream, "死亡人员名单", header, rows, text_columns=("身份证号",))
    return stream.getvalue()


def compared(data, clerk, name="名单.xlsx") -> DeceasedList:
    listed, _ = receive_list(data, name, OCTOBER, actor=clerk)
    jobs.run_job(listed.job_id)
    listed.refresh_from_db()
    return listed


def test_a_match_is_a_report_to_verify_never_a_death(district, clerk):
    cadre = registered("李德厚", ID_A, district)
    listed = compared(workbook([["李德厚", ID_A.lower(), "2026-10-03"]]), clerk)
    event = LifeEvent.objects.get()
    person = Person.objects.get(pk=cadre.pk)

    assert (listed.state, listed.counts["new"]) == ("done", 1)
    assert (event.state, event.source, str(event.happened_on)) == ("reported", "office", "2026-10-03")
    assert (person.life_status, person.died_on) == ("reported", None)


def test_without_a_day_the_month_of_the_list_stands(district, clerk):
    registered("李德厚", ID_A, district)
    compared(workbook([["李德厚", ID_A, None]]), clerk)

    assert str(LifeEvent.objects.get().happened_on) == "2026-10"


def test_the_same_file_again_changes_nothing(district, clerk):
    registered("李德厚", ID_A, district)
    data = workbook([["李德厚", ID_A, "2026-10-03"]])
    first = compared(data, clerk)
    again, is_new = receive_list(data, "改名.xlsx", OCTOBER, actor=clerk)

    assert (again.pk, is_new) == (first.pk, False)
    assert LifeEvent.objects.count() == 1


def test_a_new_file_with_the_same_people_tells_nothing_twice(district, clerk):
    registered("李德厚", ID_A, district)
    compared(workbook([["李德厚", ID_A, "2026-10-03"]]), clerk)
    later = compared(workbook([["李德厚", ID_A, "2026-10-04"], ["无关", ID_C, ""]]), clerk)
    assert (later.counts.get("waiting"), LifeEvent.objects.count()) == (1, 1)

    life.reject(LifeEvent.objects.get(), reason="本人接了电话", actor=clerk)
    third = compared(workbook([["李德厚", ID_A, "2026-10-03"], ["无关二", ID_C, ""]]), clerk)
    assert (third.counts.get("not_true"), LifeEvent.objects.count()) == (1, 1)


def test_each_row_says_what_became_of_it(city, district, clerk):
    elsewhere = make_unit("西山区委老干部局", parent=city)
    registered("李德厚", ID_A, district)
    dead = registered("王秀兰", ID_B, district)
    Person.objects.filter(pk=dead.pk).update(life_status="deceased", died_on="2020-01-01")
    registered("外区人", ID_C, elsewhere)
    for post in ("科长", "处长"):
        make_cadre("张建国", unit=district, birth_date="1940-05-01", former_post=post)
    rows = [
        ["李德厚", ID_A, "", ""], ["李德厚", ID_A, "", ""], ["李得厚", ID_A, "", ""], ["王秀兰", ID_B, "", ""],
        ["外区人", ID_C, "", ""], ["张建国", "", "1940-05-01", ""], ["张建国", "", "1940-05", ""],
        ["无号", "", "", ""], ["坏号", "110105194912310021", "", ""], ["李德厚", ID_A, "", "2999-01-01"],
    ]  # fmt: skip
    counts = compared(workbook(rows, ("姓名", "身份证号", "出生日期", "死亡日期")), clerk).counts
    events = counts.pop("events")

    assert len(events) == 1
    assert counts == {
        "rows": 10, "new": 1, "twice": 1, "different": 1, "dead": 1, "unknown": 1, "ambiguous": 1, "bad": 4,
    }  # fmt: skip


def test_somebody_without_an_id_is_found_by_name_and_day_of_birth(district, clerk):
    make_cadre("张建国", unit=district, birth_date="1940-05-01")
    compared(workbook([["张 建国", "1940年5月1日"]], ("姓名", "出生日期")), clerk)

    assert LifeEvent.objects.get().person.name == "张建国"


def test_headings_below_a_title_and_in_other_words(district):
    head = ["序号", "死者姓名", "社会保障号码", "死亡时间(年月日)"]
    sheet = Sheet("表", [["2026年10月死亡人员"], [], head, [1, "李德厚", ID_A, "2026-10-03"]])
    row = deceased.rows_of([sheet], dt.date(2026, 11, 22))[0]

    assert (row.number, row.name, str(row.died_on)) == (4, "李德厚", "2026-10-03")
    assert row.index == crypto.blind_index("citizen_id", ID_A)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"not a workbook", "x.xlsx"),
        ("姓名,电话\n李德厚,1\n".encode(), "x.csv"),
        ("姓名,身份证号\n".encode(), "x.csv"),
        (b"PK\x03\x04broken", "x.xlsx"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(clerk, data, name):
    listed = compared(data, clerk, name)

    assert listed.state == "refused"
    assert listed.refusal
    assert not LifeEvent.objects.exists()


def test_empty_and_future_lists_are_refused(clerk):
    with pytest.raises(BusinessError, match="空的"):
        receive_list(b"", "x.csv", OCTOBER, actor=clerk)
    with pytest.raises(BusinessError, match="还没有到"):
        receive_list(b"x", "x.csv", PartialDate(2199, 1), actor=clerk)


def test_the_rows_left_are_handed_back_as_text_for_thirty_days(district, clerk):
    listed = compared(workbook([["=cmd()", ID_A, ""]]), clerk)
    sheet = read(attachments.read(listed.unmatched), "x.xlsx")[0]

    assert sheet.rows[2][2] == "=cmd()"
    kept = listed.unmatched.purge_after - timezone.now()
    assert dt.timedelta(days=29) < kept <= dt.timedelta(days=30)
    assert listed.upload.purge_after is not None


def test_comparing_costs_the_same_for_one_row_and_for_many(district, clerk):
    def cost(count):
        rows = deceased.rows_of(
            [Sheet("表", [["姓名", "身份证号"], *[["李德厚", ID_A]] * count])], dt.date(2026, 11, 22)
        )
        with CaptureQueriesContext(connection) as queries:
            deceased.compare(rows, clerk)
        return len(queries)

    cost(1)
    assert cost(500) == cost(1)


def test_pages_from_handing_in_to_the_rows_left(client, district, clerk, settings):
    settings.SECOND_FACTOR = "optional"
    registered("李德厚", ID_A, district)
    client.force_login(clerk)
    data = workbook([["李德厚", ID_A, "2026-10-03"], ["无关", ID_C, ""]])
    assert client.post(ADD, {"listed_on": "2026"}).status_code == 422
    answer = client.post(ADD, {"file": SimpleUploadedFile("名单.xlsx", data), "listed_on": "2026-10"})
    listed = DeceasedList.objects.get()
    assert "refresh" in client.get(answer.url).content.decode()

    jobs.run_job(listed.job_id)
    shown = client.get(answer.url).content.decode()
    assert "李德厚" in shown
    assert "待核实" in shown
    assert ID_A not in shown
    left = client.get(f"/admin/registry/deceasedlist/{listed.pk}/unmatched/")
    assert left.status_code == 200
    assert AuditEntry.objects.filter(action="deceased.download").count() == 1


def test_a_colleague_of_another_district_finds_nothing(client, city, clerk, settings):
    settings.SECOND_FACTOR = "optional"
    listed = compared(workbook([["李德厚", ID_A, ""]]), clerk)
    elsewhere = make_unit("西山区委老干部局", parent=city)
    client.force_login(make_user("other", role="clerk", unit=elsewhere))

    assert client.get(f"/admin/registry/deceasedlist/{listed.pk}/change/").status_code == 404
    assert client.get(f"/admin/registry/deceasedlist/{listed.pk}/unmatched/").status_code == 404
    assert "第 " not in client.get("/admin/registry/deceasedlist/").content.decode().split("<table")[-1]
