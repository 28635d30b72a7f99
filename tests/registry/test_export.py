"""Lists that leave the portal: scope, rights by column, formula safety, the log, the download centre."""

import datetime
import io

import openpyxl
import pytest
from django.utils import timezone

from apps.common import attachments, jobs
from apps.common.models import AuditEntry, Job
from apps.people.models import Phone
from apps.people.services import apply_citizen_id, apply_name, check_citizen_id, save_phone
from apps.registry.models import Cadre, ExportLayout, Health
from apps.registry.resources import NOT_YOURS, CadreResource, columns_for
from apps.registry.services.export import ask_export
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
ID_A = "11010519491231002X"
LIST = "/admin/registry/cadre/"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city):
    return make_user(role="clerk", unit=city)


@pytest.fixture
def cadre(city):
    cadre = make_cadre(unit=city, living="alone", former_post='=HYPERLINK("http://evil")', order_no=3)
    apply_name(cadre.person)
    apply_citizen_id(cadre.person, check_citizen_id(ID_A))
    cadre.person.save()
    save_phone(Phone(person=cadre.person), "0757-82280001", actor=None)
    Health.objects.create(cadre=cadre, seriously_ill=True)
    return cadre


def run(keys, columns, actor, **over):
    options = {"reason": "重阳慰问", "file_format": "xlsx", **over}
    job = ask_export(keys, columns=columns, actor=actor, **options)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    return job


def book_of(job):
    return openpyxl.load_workbook(io.BytesIO(attachments.read(job.output)))


def rows_of(job):
    return [list(row) for row in book_of(job).worksheets[0].iter_rows(values_only=True)]


def test_file_holds_the_chosen_columns_as_safe_text(cadre, clerk):
    columns = ["name", "citizen_id", "phones", "former_post", "living", "order_no", "seriously_ill"]

    job = run([cadre.pk], columns, clerk)

    assert (job.state, job.result) == ("done", {"rows": 1, "columns": 7})
    assert rows_of(job) == [
        ["姓名", "身份证号", "电话", "职务（职级）", "居住方式", "排序号", "患重病"],
        ["李德厚", ID_A, "075782280001", '=HYPERLINK("http://evil")', "独居", 3, "是"],
    ]
    sheet = book_of(job).worksheets[0]
    assert {sheet.cell(2, column).data_type for column in (2, 3, 4)} == {"s"}
    notes = dict(book_of(job)["说明"].iter_rows(values_only=True))
    assert (notes["用途"], notes["编号"]) == ("重阳慰问", str(job.public_id))


def test_every_person_is_logged_with_columns_and_reason(cadre, clerk, city):
    other = make_cadre("王秀兰", unit=city)

    job = run([cadre.pk, other.pk], ["name", "phones"], clerk)

    entry = AuditEntry.objects.get(action="export")
    assert (entry.fields, entry.reason, entry.target) == (["name", "phones"], "重阳慰问", f"common.job:{job.pk}")
    assert set(entry.subjects.values_list("person_id", flat=True)) == {cadre.pk, other.pk}


def test_csv_begins_with_a_mark_and_disarms_formulas(cadre, clerk):
    job = run([cadre.pk], ["name", "former_post"], clerk, file_format="csv")

    data = attachments.read(job.output)
    assert data.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in data.decode("utf-8-sig")


def test_rights_are_asked_again_when_the_job_runs(cadre, clerk, city):
    job = ask_export([cadre.pk], columns=["name"], reason="核对", file_format="xlsx", actor=clerk)
    clerk.grants.update(revoked_at=timezone.now())

    jobs.run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.output_id) == ("failed", None)


def test_cells_outside_a_right_and_people_outside_the_scope_stay_in(cadre, city):
    district = make_unit("东川区委老干部局", parent=city)
    near = make_cadre("王秀兰", unit=district)
    far = make_cadre("赵铁柱", unit=make_unit("西山区委老干部局", parent=city))
    user = make_user("mixed", role="clerk", unit=district)

    job = run([near.pk, far.pk, cadre.pk], ["name"], user)
    assert rows_of(job)[1:] == [["王秀兰"]]

    leader = make_user("leader", role="leader", unit=city)
    assert not set(columns_for(leader)) & {"citizen_id", "seriously_ill", "bank_account"}


def test_a_right_that_covers_one_district_fills_only_its_cells(cadre, city, monkeypatch):
    district = make_unit("东川区委老干部局", parent=city)
    near = make_cadre("王秀兰", unit=district)
    user = make_user("both", role="clerk", unit=district)
    monkeypatch.setattr("apps.registry.resources.EXPORT", "registry.view_cadre")
    user.grants.create(role="leader", unit=city, starts_on="2020-01-01")
    user = type(user).objects.get(pk=user.pk)

    job = run([near.pk, cadre.pk], ["name", "citizen_id"], user)

    assert rows_of(job)[1:] == [["王秀兰", None], ["李德厚", NOT_YOURS]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": " "}, "原因"),
        ({"columns": []}, "选"),
        ({"columns": ["citizen_id; drop"]}, "选"),
        ({"file_format": "exe"}, "选"),
    ],
)
def test_form_refuses_and_keeps_what_was_typed(cadre, clerk, client, change, sentence):
    client.force_login(clerk)
    values = {"columns": ["name"], "reason": "核对名单", "file_format": "xlsx"}

    response = client.post(f"{LIST}export/", {**values, **change})

    assert response.status_code == 422
    assert not Job.objects.exists()


def test_filtered_list_is_exported_in_its_order_and_columns_are_remembered(cadre, clerk, client, city):
    make_cadre("王秀兰", unit=city, living="spouse")
    client.force_login(clerk)
    values = {"columns": ["name", "living"], "reason": "独居老同志走访", "file_format": "xlsx"}

    response = client.post(f"{LIST}export/?living=alone&order=order", values)

    job = Job.objects.get()
    assert response.url == f"/admin/common/job/{job.pk}/change/"
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert rows_of(job) == [["老干部名单（按名次排列）", None], ["姓名", "居住方式"], ["李德厚", "独居"]]
    assert job.output.filename.startswith("老干部名单（按名次排列）")
    assert ExportLayout.objects.get(user=clerk).columns == ["name", "living"]
    assert "reason" in job.params
    assert "李德厚" not in str(job.params) + job.title


def test_download_three_times_within_a_day_by_its_owner_only(cadre, clerk, client, city):
    job = run([cadre.pk], ["name"], clerk)
    url = f"/admin/common/job/{job.pk}/download/"
    client.force_login(make_user("other", role="clerk", unit=city))
    assert client.post(url).status_code == 404

    client.force_login(clerk)
    assert client.get(url).status_code == 302
    answers = [client.post(url) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 302]
    assert answers[0].content[:2] == b"PK"
    assert answers[0]["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(action="download").count() == 3
    assert "已经过期" in client.get(f"/admin/common/job/{job.pk}/change/").content.decode()


def test_download_ends_after_a_day(cadre, clerk, client):
    job = run([cadre.pk], ["name"], clerk)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - datetime.timedelta(hours=25))
    client.force_login(clerk)

    assert client.post(f"/admin/common/job/{job.pk}/download/").status_code == 302


def test_a_second_run_after_a_crash_makes_no_second_file(cadre, clerk):
    job = run([cadre.pk], ["name"], clerk)
    output = job.output_id
    Job.objects.filter(pk=job.pk).update(state="queued")

    jobs.run_job(job.pk)

    job.refresh_from_db()
    assert (job.output_id, AuditEntry.objects.filter(action="export").count()) == (output, 1)


def test_without_the_right_there_is_no_export(client, city, cadre):
    client.force_login(make_user("liaison", role="liaison", unit=city))

    assert client.get(f"{LIST}export/").status_code == 403
    assert "导出名单" not in client.get(LIST).content.decode()


def test_every_column_speaks_for_an_almost_empty_person(city):
    cadre = Cadre.objects.get(pk=make_cadre(unit=city, birth_date=None).pk)

    row = CadreResource().export_resource(cadre)

    assert len(row) == len(CadreResource.fields)
    assert row[0] == "李德厚"
