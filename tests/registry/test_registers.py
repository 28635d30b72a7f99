"""Registers that come in as tables: their template, every refusal a sentence, twice the same as once, and out again."""

import datetime
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.common import jobs
from apps.common.models import AuditEntry
from apps.common.workbook import Sheet
from apps.registry.models import RegisterBatch, ServingLeader, Worker
from apps.registry.registers.sheets import read_lines
from apps.registry.registers.tables import LEADERS, WORKERS
from apps.registry.registers.writing import template
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db
WORKER, LEADER = "/admin/registry/worker/", "/admin/registry/servingleader/"
ID_A = "11010519491231002X"
HEAD = (
    "序号",
    "姓名",
    "手机号码",
    "办公电话（座机）",
    "专职/兼职",
    "单位全称",
    "身份证号码",
    "职务（职级）",
    "性别",
    "出生日期",
    "文化程度",
)
ROW = (1, "赵明远", 13900001234, "0700-8881234", "专职", "云江市委老干部局", "", "科长", "男", "1985-05", "大学本科")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def city():
    return make_unit()


@pytest.fixture
def clerk(city):
    client = Client()
    client.force_login(make_user(role="clerk", unit=city))
    return client


def book(*rows, head=HEAD, title=WORKERS.title) -> bytes:
    workbook = openpyxl.Workbook()
    for line in ((title,), head, *rows):
        workbook.active.append(line)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def run_jobs():
    for batch in RegisterBatch.objects.all():
        jobs.run_job(batch.job_id)


def upload(client, data, base=WORKER, name="表.xlsx") -> RegisterBatch:
    client.post(f"{base}import/", {"file": SimpleUploadedFile(name, data)})
    run_jobs()
    return RegisterBatch.objects.order_by("-pk").first()


def confirm(client, batch, base=WORKER) -> RegisterBatch:
    client.post(f"{base}import/{batch.pk}/", {"confirm": "1", "version": batch.version})
    batch.refresh_from_db()
    jobs.run_job(batch.job_id)
    batch.refresh_from_db()
    return batch


def bring(client, *rows, base=WORKER, **over) -> RegisterBatch:
    return confirm(client, upload(client, book(*rows, **over), base), base)


def changed(**over) -> tuple:
    """ROW with cells replaced by their heading."""
    return tuple(over.get(name, cell) for name, cell in zip(HEAD, ROW, strict=True))


def test_a_table_is_checked_shown_confirmed_and_written(clerk, city):
    batch = upload(clerk, book(ROW))
    preview = clerk.get(f"{WORKER}import/{batch.pk}/").content.decode()

    assert (batch.state, batch.counts["new"]) == ("preview", 1)
    assert "赵明远" in preview
    assert "13900001234" not in preview
    assert Worker.objects.count() == 0
    batch = confirm(clerk, batch)
    worker = Worker.objects.get()
    assert batch.state == "applied"
    assert (worker.unit, worker.category, worker.mobile, worker.office_phone) == (
        city, "full", "13900001234", "0700-8881234",
    )  # fmt: skip
    assert (worker.post, worker.sex, str(worker.birth_date), worker.education) == ("科长", "1", "1985-05", "20")
    assert b"13900001234" not in bytes(Worker.objects.values_list("mobile", flat=True).get())
    assert AuditEntry.objects.filter(action="register.import").exists()


def test_the_same_file_twice_changes_nothing(clerk, city):
    bring(clerk, ROW)
    before = Worker.objects.values().get()

    batch = upload(clerk, book(ROW))

    assert batch.counts == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}
    assert "没有要写入的内容" in clerk.get(f"{WORKER}import/{batch.pk}/").content.decode()
    clerk.post(f"{WORKER}import/{batch.pk}/", {"confirm": "1", "version": batch.version})
    assert Worker.objects.values().get() == before


def test_an_empty_cell_keeps_and_only_the_word_erases_and_nobody_missing_is_removed(clerk, city):
    bring(clerk, ROW, changed(姓名="钱小芳"))

    bring(clerk, changed(**{"职务（职级）": "", "文化程度": "清空", "手机号码": "清空"}))

    worker = Worker.objects.get(name="赵明远")
    assert (worker.post, worker.education, worker.mobile, worker.mobile_index) == ("科长", "", "", None)
    assert Worker.objects.filter(name="钱小芳", voided_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("heading", "cell", "sentence"),
    [
        ("姓名", None, "姓名是空的，请补上"),
        ("姓名", '＝HYPERLINK("x")', "像是公式"),
        ("单位全称", "云江市老干局", "没有叫“云江市老干局”的单位"),
        ("单位全称", None, "单位全称是空的"),
        ("专职/兼职", "临时", "可填：专职"),
        ("专职/兼职", "清空", "不能清空"),
        ("手机号码", "12345", "号码"),
        ("身份证号码", "110105194912310021", "身份证"),
        ("出生日期", "2060-05", "晚于今天"),
        ("文化程度", "神童", "文化程度里没有“神童”"),
        ("性别", "<script>", "性别里没有"),
        ("职务（职级）", "长" * 121, "最多 120 个"),
    ],
)
def test_each_wrong_cell_gets_its_sentence_and_the_row_stays_out(clerk, city, heading, cell, sentence):
    batch = upload(clerk, book(changed(**{heading: cell})))
    page = clerk.get(f"{WORKER}import/{batch.pk}/").content.decode()

    assert batch.counts["refused"] == 1
    assert sentence in page
    assert "<script>" not in page
    report = clerk.get(f"{WORKER}import/{batch.pk}/report/")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(report.streaming_content))).active
    assert sentence in str(sheet.cell(3, len(HEAD) + 1).value)
    assert Worker.objects.count() == 0


def test_refused_rows_come_back_mended(clerk, city):
    batch = upload(clerk, book(changed(单位全称="云江市老干局"), changed(姓名="钱小芳")))
    confirm(clerk, batch)
    report = b"".join(clerk.get(f"{WORKER}import/{batch.pk}/report/").streaming_content)
    workbook = openpyxl.load_workbook(io.BytesIO(report))
    workbook.active.cell(3, 6).value = "云江市委老干部局"
    stream = io.BytesIO()
    workbook.save(stream)

    confirm(clerk, upload(clerk, stream.getvalue()))

    assert set(Worker.objects.values_list("name", flat=True)) == {"赵明远", "钱小芳"}


def test_one_person_twice_in_a_file_is_refused_both_times(clerk, city):
    batch = upload(clerk, book(ROW, changed(**{"职务（职级）": "副科长"})))

    assert batch.counts["refused"] == 2
    assert "和第 4 行是同一个人" in clerk.get(f"{WORKER}import/{batch.pk}/").content.decode()


def test_an_id_tells_namesakes_apart_and_is_not_kept(clerk, city):
    bring(clerk, changed(身份证号码=ID_A), changed(**{"职务（职级）": "司机"}))

    batch = upload(clerk, book(changed(身份证号码=ID_A, **{"职务（职级）": "处长"})))

    assert Worker.objects.count() == 2
    assert batch.counts["changed"] == 1
    exported = clerk.post(f"{WORKER}export/", {"reason": "备查"})
    assert ID_A.encode() not in b"".join(exported.streaming_content)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "表.xlsx", "文件是空的"),
        (b"MZ nothing", "表.xlsx", "不能用"),
        ("姓名,手机\n甲,1\n".encode(), "表.csv", "没有“单位全称”、“专职/兼职”"),
        ("甲,乙\n1,2\n".encode(), "表.csv", "没有找到表头"),
        ("姓名,单位全称,专职/兼职\n".encode(), "表.csv", "没有内容"),
        ("姓名,单位全称,专职/兼职,姓名\n甲,乙,专职,丙\n".encode(), "表.csv", "是同一栏"),
    ],
)
def test_a_file_that_cannot_be_taken_gets_a_sentence(clerk, city, data, name, sentence):
    response = clerk.post(f"{WORKER}import/", {"file": SimpleUploadedFile(name, data)}, follow=True)
    run_jobs()
    batch = RegisterBatch.objects.first()
    page = clerk.get(f"{WORKER}import/{batch.pk}/") if batch else response

    assert sentence in page.content.decode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (book(ROW, title="机密★ 工作人员名单"), "表.xlsx"),
        (book(changed(**{"职务（职级）": "机密★10年"})), "表.xlsx"),
        (book(ROW), "秘密★名单.xlsx"),
    ],
)
def test_a_file_with_marks_of_secrets_is_refused(clerk, city, data, name):
    page = clerk.post(f"{WORKER}import/", {"file": SimpleUploadedFile(name, data)})

    assert page.status_code == 422
    assert "这里有密级或内部标志" in page.content.decode()
    assert RegisterBatch.objects.count() == 0


def test_marks_that_pass_the_door_refuse_their_row(city):
    sheet = Sheet("表", [list(HEAD), list(changed(**{"职务（职级）": "机密★10年"}))])

    (line,) = read_lines([sheet], "表.xlsx", WORKERS, today=datetime.date(2026, 11, 22)).rows

    assert "非涉密系统" in line.faults[7]


def test_a_column_called_人员类别_that_says_专职_is_the_category(clerk, city):
    head = tuple("人员类别" if name == "专职/兼职" else name for name in HEAD)

    bring(clerk, ROW, head=head)

    assert Worker.objects.get().category == "full"


def test_template_is_read_back_without_its_sample(clerk, city):
    response = clerk.get(f"{WORKER}import/template/")
    data = b"".join(response.streaming_content)

    assert data[:2] == b"PK"
    assert "没有内容" in upload(clerk, data).refusal
    header = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).active[2]]
    assert header == [column.label for column in WORKERS.columns if column.key != "reasons"]
    assert template("leaders")[:2] == b"PK"


def test_export_comes_back_unchanged_and_is_logged(clerk, city):
    bring(clerk, ROW)

    form = clerk.get(f"{WORKER}export/")
    refused = clerk.post(f"{WORKER}export/", {"reason": ""})
    data = b"".join(clerk.post(f"{WORKER}export/", {"reason": "核对"}).streaming_content)

    assert "按单位排列" in form.content.decode()
    assert refused.status_code == 422
    assert openpyxl.load_workbook(io.BytesIO(data)).active["A1"].value == f"{WORKERS.title}（按单位排列）"
    assert upload(clerk, data).counts["unchanged"] == 1
    entry = AuditEntry.objects.get(action="export")
    assert (entry.reason, entry.fields) == ("核对", ["mobile"])


def test_a_liaison_sees_and_exports_his_units_people_without_mobiles(clerk, city):
    school = make_unit("云江市教育局", parent=city)
    bring(clerk, ROW, changed(姓名="钱小芳", 单位全称="云江市教育局"))
    client = Client()
    client.force_login(make_user("lianluo", role="liaison", unit=school))

    page = client.get(WORKER).content.decode()
    mine = client.get(f"{WORKER}{Worker.objects.get(name='钱小芳').pk}/change/").content.decode()
    data = b"".join(client.post(f"{WORKER}export/", {"reason": "核对"}).streaming_content)

    assert "钱小芳" in page
    assert "赵明远" not in page
    assert "13900001234" not in mine
    assert "139****1234" in mine
    assert data[:2] == b"PK"
    assert "手机号码" not in [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data)).active[2]]
    assert client.get(f"{WORKER}{Worker.objects.get(name='赵明远').pk}/change/").status_code == 404
    assert client.get(f"{WORKER}import/").status_code == 403


def test_rows_of_units_outside_the_reach_are_refused(city):
    district = make_unit("甲区委老干部局", parent=city)
    client = Client()
    client.force_login(make_user("district", role="clerk", unit=district))

    batch = upload(client, book(ROW))

    assert batch.counts["refused"] == 1
    assert "不在您的管理范围内" in client.get(f"{WORKER}import/{batch.pk}/").content.decode()


def test_a_colleague_elsewhere_cannot_open_the_batch_and_an_old_preview_is_not_confirmed(clerk, city):
    batch = upload(clerk, book(ROW))
    district = make_unit("甲区委老干部局", parent=city)
    other = Client()
    other.force_login(make_user("district", role="clerk", unit=district))

    assert other.get(f"{WORKER}import/{batch.pk}/").status_code == 404
    assert clerk.get(f"{LEADER}import/{batch.pk}/").status_code == 404
    page = clerk.post(f"{WORKER}import/{batch.pk}/", {"confirm": "1", "version": "x' OR 1"}, follow=True)
    assert "情况已经变了" in page.content.decode()
    batch.refresh_from_db()
    assert batch.state == "preview"


def test_what_no_longer_fits_is_not_written(clerk, city):
    batch = upload(clerk, book(ROW))
    for _ in range(2):
        Worker.objects.create(name="赵明远", unit=city, category="part")

    batch = confirm(clerk, batch)

    assert (batch.state, Worker.objects.count()) == ("refused", 2)
    assert "对不上" in clerk.get(f"{WORKER}import/{batch.pk}/").content.decode()


def test_a_lost_job_run_again_writes_once(clerk, city):
    batch = bring(clerk, ROW)
    RegisterBatch.objects.filter(pk=batch.pk).update(state="applying")
    job = batch.job
    type(job).objects.filter(pk=job.pk).update(state="queued")

    jobs.run_job(job.pk)

    assert Worker.objects.count() == 1


# Serving leaders

LEADER_HEAD = ("排序号", "姓名", "职务全称", "单位全称", "办公电话", "任职时间", "离任时间")
MAYOR = (20, "陈立新", "市委副书记、市长", "云江市委老干部局", "0700-8880001", "2023-01", None)


def lead(client, *rows):
    return bring(client, *rows, base=LEADER, head=LEADER_HEAD, title=LEADERS.title)


def test_leaders_come_in_and_the_same_file_changes_nothing(clerk, city):
    lead(clerk, MAYOR)
    again = upload(clerk, book(MAYOR, head=LEADER_HEAD), LEADER)

    leader = ServingLeader.objects.get()
    assert (leader.order_no, leader.title, leader.starts_on) == (20, "市委副书记、市长", datetime.date(2023, 1, 1))
    assert again.counts["unchanged"] == 1


def test_a_new_post_while_the_old_one_stands_open_is_refused_with_what_to_do(clerk, city):
    lead(clerk, MAYOR)

    batch = upload(clerk, book((10, "陈立新", "市委书记", *MAYOR[3:]), head=LEADER_HEAD), LEADER)

    assert batch.counts["refused"] == 1
    assert "先写原职务一行并填离任时间" in clerk.get(f"{LEADER}import/{batch.pk}/").content.decode()


def test_old_and_new_post_in_one_file_become_history(clerk, city):
    lead(clerk, MAYOR)

    lead(clerk, (*MAYOR[:6], "2026-03-01"), (10, "陈立新", "市委书记", MAYOR[3], "0700-8880002", "2026-03-01", None))

    old, new = ServingLeader.objects.order_by("starts_on")
    assert old.leader_key == new.leader_key
    assert (old.ends_on, new.ends_on) == (datetime.date(2026, 3, 1), None)
    page = clerk.get(f"{LEADER}{new.pk}/change/").content.decode()
    assert page.index("市委书记</a>") < page.index("市委副书记、市长</a>")


def test_template_columns_are_named_in_the_upload_page(clerk, city):
    page = clerk.get(f"{LEADER}import/").content.decode()

    assert all(column.label in page for column in LEADERS.columns if column.reads != "ignored")
    assert re.search(r"import/template/", page)
