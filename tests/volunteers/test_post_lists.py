"""Lists of outside posts coming in: what was given out comes back, judged line by line, written whole and once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.common.jobs import run_job
from apps.common.models import Job
from apps.common.workbook.writer import write_sheet
from apps.volunteers.models import OutsidePost, PostBatch
from apps.volunteers.services import batches, post_lists
from apps.volunteers.services.post_reading import COLUMNS, LABELS, template
from tests.builders import make_unit, make_user

from .builders import make_volunteer
from .outside_world import World

pytestmark = pytest.mark.django_db
HEADS = [LABELS[key] for key in COLUMNS]
ROW = {
    "name": "李德厚", "kind": "街巷长", "body": "榕树社区", "field": "文明城市", "level": "社区、小区、网格",
    "where": "南河街道榕树社区　榕树巷", "starts_on": "2025-01-01",
}  # fmt: skip


@pytest.fixture
def world():
    made = World()
    made.him = made.person("李德厚")
    return made


def workbook(*rows: dict) -> bytes:
    stream = io.BytesIO()
    lines = [[{**ROW, **row}.get(key, "") for key in COLUMNS] for row in rows]
    write_sheet(stream, "社会任职", HEADS, lines, sheet_name="社会任职")
    return stream.getvalue()


def run_open_jobs() -> None:
    for pk in list(Job.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True)):
        run_job(pk)


def take_in(world, data: bytes, user=None) -> PostBatch:
    batch = post_lists.receive(data, "任职.xlsx", actor=user or world.clerk)
    run_open_jobs()
    batch.refresh_from_db()
    return batch


def apply(world, batch) -> PostBatch:
    post_lists.confirm(batch, version=batch.version, actor=world.clerk)
    post_lists.confirm(batch, version=batch.version, actor=world.clerk)
    run_open_jobs()
    batch.refresh_from_db()
    return batch


def faults_of(batch) -> list[str]:
    return ["".join(row["faults"]) for row in batches.read_checked(batch)["rows"]]


def test_rows_are_written_once_and_again_change_nothing(world):
    elder = make_volunteer("周桂兰", unit=world.unit)
    hers = {"name": "周桂兰", "body": "榕树村红白理事会", "kind": "红白理事会", "where": "老祠堂"}
    rows = [{}, {**hers, "ends_on": "2027-01-01"}]
    batch = apply(world, take_in(world, workbook(*rows)))
    assert (batch.state, batch.counts["new"]) == ("applied", 2)
    mine, hers = OutsidePost.objects.order_by("pk")
    assert (mine.person, mine.kind, mine.unit, mine.community, mine.place) == (
        world.him, "lane", world.unit, world.community, "榕树巷"
    )  # fmt: skip
    assert (hers.person_id, hers.unit, hers.place, f"{hers.ends_on}") == (elder.pk, world.unit, "老祠堂", "2027-01-01")
    assert take_in(world, workbook(*rows)).counts["unchanged"] == 2


def test_each_wrong_line_says_what_to_do(world):
    world.person("同名者"), world.person("同名者", born="1950-01-01")
    world.post(world.him, starts_on="2024-01-01")
    batch = take_in(world, workbook(
        {}, {"name": "没有的人"}, {"name": "同名者"}, {"name": "同名者", "birth": "1950-01"},
        {"kind": "太空站长"}, {"starts_on": "2025-01-01", "ends_on": "2024-01-01", "body": "别的社区"},
        {"body": "=HYPERLINK(1)"}, {"name": "=cmd"}, {"body": "两行社区"},
        {"body": "两行社区", "starts_on": "2025-05-01"},
    ))  # fmt: skip
    said = faults_of(batch)
    for number, words in enumerate((
        "已经登记了同一个岗位（2024-01-01", "没有这个姓名", "同名的不止一位", "", "岗位里没有“太空站长”", "要晚于",
        "像是公式", "像是公式", "时间重叠", "时间重叠",
    )):  # fmt: skip
        assert words in said[number]
    assert batch.counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 9}


def test_nothing_is_half_written_and_nobody_writes_elsewhere(world):
    batch = take_in(world, workbook({}, {"body": "南华社区"}))
    world.post(world.him, body="南华社区")  # meanwhile, for another time
    OutsidePost.objects.update(starts_on="2024-06-01")
    post_lists.confirm(batch, version=batch.version, actor=world.clerk)
    with pytest.raises(BusinessError, match="对不上"):
        post_lists.write(batch.pk)
    assert OutsidePost.objects.count() == 1
    other = make_user("外县", role="clerk", unit=make_unit("外县局"))
    assert "没有这个姓名" in faults_of(take_in(world, workbook({}), other))[0]


def test_what_was_given_out_comes_back_and_pages_show_it(world, client):
    client.force_login(world.clerk)
    world.post(world.him, duty="巷长", document_no="榕〔2025〕3号")
    given = client.get(reverse("admin:volunteers_outsidepost_sheet"), {"as": "xlsx"})
    data = b"".join(given.streaming_content) if given.streaming else given.content
    assert take_in(world, data).counts["unchanged"] == 1
    OutsidePost.objects.all().delete()
    add = reverse("admin:volunteers_postbatch_add")
    assert client.get(reverse("admin:volunteers_postbatch_template")).content == template()
    answer = client.post(add, {"file": SimpleUploadedFile("任职.xlsx", data)})
    run_open_jobs()
    batch = PostBatch.objects.order_by("-pk").first()
    assert "榕树社区　巷长" in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"confirm": "1", "version": batch.version})
    run_open_jobs()
    post = OutsidePost.objects.get()
    assert (post.duty, post.document_no, post.level, post.place) == ("巷长", "榕〔2025〕3号", "block", "榕树巷")
