"""The import pages: each is what the batch's state asks for; acts are POSTs with one effect."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.common.jobs import run_job
from apps.common.models import AuditEntry
from apps.people.models import Person
from apps.registry.models import ImportBatch, RosterColumn
from tests.builders import make_unit, make_user
from tests.registry.rosters import UNIT, citizen_id, in_template, line, workbook


@pytest.fixture
def bureau(db):
    return make_unit()


@pytest.fixture
def unit(bureau):
    return make_unit(UNIT, parent=bureau, code="SLJ")


@pytest.fixture
def clerk(bureau, client):
    user = make_user(role="clerk", unit=bureau)
    client.force_login(user)
    return user


def url(page, *args):
    return reverse(f"admin:registry_importbatch_{page}", args=args)


def upload(client, data, name="名册.xlsx", **more):
    return client.post(url("add"), {"file": SimpleUploadedFile(name, data), "kind": "supplement", **more})


def handed_in(client, data, **more) -> ImportBatch:
    response = upload(client, data, **more)
    assert response.status_code == 302, response.content.decode()
    batch = ImportBatch.objects.get()
    run_job(batch.job_id)
    batch.refresh_from_db()
    return batch


def page(client, batch):
    response = client.get(url("change", batch.pk))
    assert response.status_code == 200
    return response.content.decode()


def test_from_upload_to_undo_without_a_script(client, clerk, unit, bureau):
    assert "下载模板" in client.get(url("add")).content.decode()
    data = in_template(
        line("李德厚", 性别="女"), line("王秀英", 单位全称="云江市水利据", 身份证号码=citizen_id(sequence=3))
    )
    assert upload(client, data).status_code == 302
    batch = ImportBatch.objects.get()
    waiting = page(client, batch)
    assert 'http-equiv="refresh"' in waiting
    assert "<progress" in waiting
    run_job(batch.job_id)
    asked = page(client, batch)
    assert "是哪一种" in asked
    assert "就是“云江市水利局”" in asked
    answers = {"kind": "supplement", "retire_type": "retired", "calendar": "solar", "unit_0": str(unit.pk)}
    assert client.post(url("answer", batch.pk), answers).status_code == 302
    batch.refresh_from_db()
    run_job(batch.job_id)
    batch.refresh_from_db()
    assert batch.state == "preview"
    preview = page(client, batch)
    assert len(preview.encode()) < 300_000
    assert citizen_id() not in preview
    assert "导入 2 人" in preview
    refused = client.post(url("confirm", batch.pk), {"version": batch.version, "warned": "take"})
    assert "理由" in refused.content.decode()
    confirm = {"version": batch.version, "warned": "take", "reason": "以档案为准"}
    for _ in range(2):
        assert client.post(url("confirm", batch.pk), confirm).status_code == 302
    batch.refresh_from_db()
    run_job(batch.job_id)
    assert Person.objects.count() == 2
    assert "导入完成" in page(client, batch)
    assert client.post(url("undo", batch.pk)).status_code == 403
    head = make_user("head", role="section_head", unit=bureau)
    client.force_login(head)
    assert "要撤销这一批吗" in client.get(url("undo", batch.pk)).content.decode()
    for _ in range(2):
        assert client.post(url("undo", batch.pk)).status_code == 302
    assert "这一批已经撤销" in page(client, batch)
    assert not Person.objects.filter(voided_at__isnull=True).exists()


def test_a_file_that_cannot_be_used_says_why(client, clerk, unit):
    batch = handed_in(client, b"<html><table></table></html>", name="名册.xls")
    shown = page(client, batch)
    assert "这个文件不能用" in shown
    assert "另存为" in shown


def test_an_empty_choice_keeps_the_page(client, clerk):
    response = client.post(url("add"), {})
    assert "请选择名册文件" in response.content.decode()


def test_the_same_file_again_is_taken_when_the_clerk_insists(client, clerk, unit):
    data = workbook(["姓名", "身份证号", "单位", "离退休类型", "阳历/农历"], ["甲", citizen_id(), UNIT, "退休", "阳历"])
    batch = handed_in(client, data)
    client.post(url("confirm", batch.pk), {"version": batch.version})
    batch.refresh_from_db()
    run_job(batch.job_id)
    assert f"第 {batch.pk} 批导入过" in upload(client, data).content.decode()
    assert upload(client, data, again="on").status_code == 302


def test_a_large_file_gives_a_small_page(client, clerk, unit):
    rows = [
        line(
            f"甲{n}",
            身份证号码=citizen_id(sequence=n),
            民族="火星族" if n % 2 else "汉族",
            出生日期="1936-03-03",
            职称="x" * 60,
        )
        for n in range(1, 900, 1)
    ]
    batch = handed_in(client, in_template(*rows))
    client.post(url("answer", batch.pk), {"kind": "supplement", "retire_type": "retired", "calendar": "solar"})
    batch.refresh_from_db()
    run_job(batch.job_id)
    assert len(page(client, batch).encode()) < 300_000


def test_the_report_is_downloaded_as_an_attachment_and_logged(client, clerk, unit):
    batch = handed_in(client, in_template(line(民族="火星族")))
    response = client.get(url("report", batch.pk))
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.filter(action="registry.download_report", actor_id=clerk.pk).exists()
    template = client.get(url("template"))
    assert b"".join(template.streaming_content)[:2] == b"PK"


def test_others_batches_are_404_and_no_right_is_403(client, clerk, unit, bureau):
    batch = handed_in(client, in_template(line()))
    school = make_unit("云江一中", parent=bureau)
    client.force_login(make_user("other", role="clerk", unit=school))
    for name in ("change", "answer", "confirm", "discard", "report"):
        assert client.get(url(name, batch.pk)).status_code == 404, name
    assert client.post(url("confirm", batch.pk), {}).status_code == 404
    client.force_login(make_user("leader", role="leader", unit=bureau))
    assert client.get(url("add")).status_code == 403
    assert client.get(url("change", batch.pk)).status_code in (403, 404)
    client.force_login(make_user("head", role="section_head", unit=bureau))
    assert client.get(url("change", batch.pk)).status_code == 200


def test_giving_up_leaves_the_registry_alone(client, clerk, unit):
    batch = handed_in(client, in_template(line()))
    assert client.post(url("discard", batch.pk)).status_code == 302
    assert "已经放弃" in page(client, batch)
    client.post(url("confirm", batch.pk), {"version": batch.version})
    assert not Person.objects.exists()


def test_a_bureau_adds_its_own_heading(client, clerk, unit):
    column = RosterColumn.objects.get(key="mobile")
    address = reverse("admin:registry_rostercolumn_change", args=["mobile"])
    form = {"aliases": "大哥大,手机", "seen_version": "0"}
    assert client.post(address, form).status_code == 302
    column.refresh_from_db()
    assert column.aliases == ["大哥大", "手机"]
    clash = client.post(address, {**form, "aliases": "籍贯"})
    assert "已经表示“籍贯”" in clash.content.decode()
    data = workbook(["姓名", "身份证号", "单位", "大哥大"], ["甲", citizen_id(), UNIT, "13800000001"])
    assert "大哥大 → 手机号码" in page(client, handed_in_and_answered(client, data))


def handed_in_and_answered(client, data):
    batch = handed_in(client, data)
    client.post(url("answer", batch.pk), {"kind": "supplement", "retire_type": "retired", "calendar": "solar"})
    batch.refresh_from_db()
    run_job(batch.job_id)
    batch.refresh_from_db()
    return batch
