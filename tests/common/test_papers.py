"""Paper on its way: codes, steps, who may see it, what a scan may be."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.common import attachments, papers
from apps.common.errors import BusinessError
from apps.common.models import Attachment, AuditEntry, Paper
from tests.builders import make_unit, make_user

DAY = dt.date(2026, 11, 22)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PDF = b"%PDF-1.7\n%%EOF"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K7M4PX", "K7M4PX"), (" k7m4 px ", "K7M4PX"), ("Ｋ７Ｍ４ＰＸ", "K7M4PX"), ("k7-m4-px", "K7M4PX"),
        ("K7M4P", ""), ("K7M4PXA", ""), ("K0M4PX", ""), ("KIM4PX", ""), ("13900001234", ""), ("zhangs", ""), ("", ""),
    ],
)  # fmt: skip
def test_code_is_read_as_people_type_it(typed, code):
    assert papers.read_code(typed) == code


def test_new_codes_have_no_place_that_reads_two_ways():
    codes = {papers.new_code() for _ in range(300)}

    assert len(codes) > 290
    assert all(papers.read_code(code) == code and not set(code) & set("0O1IL") for code in codes)


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path},
    }}  # fmt: skip


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def clerk(unit):
    return make_user("clerk", role="clerk", unit=unit)


def printed(clerk, unit, **over) -> Paper:
    values = {"actor": clerk, "unit_id": unit.pk, "due_on": DAY, "people": [1, 2], **over}
    return papers.print_paper("信息核对表", "2026年信息核对 老干部局", "registry.check:1", **values)


def page(name: str, paper: Paper) -> str:
    return reverse(f"admin:common_paper_{name}", args=[paper.pk])


def test_printing_starts_the_wait_and_leaves_a_trace(clerk, unit):
    paper = printed(clerk, unit)

    assert (paper.state, paper.holder, paper.unit_id, paper.pages) == ("printed", "clerk", unit.pk, 1)
    entry = AuditEntry.objects.get(action="paper.print")
    assert (entry.actor_id, entry.target, entry.subject_count) == (clerk.pk, f"common.paper:{paper.pk}", 2)
    assert not papers.is_done("registry.check:1")


def test_taken_code_is_drawn_again(clerk, unit, monkeypatch):
    first = printed(clerk, unit)
    draws = iter([first.code, first.code, "K7M4PX"])
    monkeypatch.setattr(papers, "new_code", lambda: next(draws))

    assert printed(clerk, unit).code == "K7M4PX"


def test_code_is_unique_in_the_database(clerk, unit):
    first = printed(clerk, unit)

    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.create(code=first.code, kind="x", title="x", subject="x:1")


def test_whole_way_of_a_paper(clerk, unit):
    paper = printed(clerk, unit)
    papers.hand_over(paper, " 王处长 ", actor=clerk, on=DAY)
    assert (paper.state, paper.holder, paper.handed_on) == ("to_sign", "王处长", DAY)
    papers.hand_over(paper, "办公室", actor=clerk, on=DAY)
    scan = papers.store_scan(paper, PNG, actor=clerk)
    papers.take_back(paper, scan, actor=clerk, on=DAY)
    assert (paper.state, paper.holder, paper.scan) == ("returned", "clerk", scan)
    assert papers.is_done("registry.check:1")
    papers.archive(paper, actor=clerk, on=DAY, place="3 柜")

    paper.refresh_from_db()
    assert (paper.state, paper.holder, paper.archived_on) == ("archived", "3 柜", DAY)
    assert attachments.read(Attachment.objects.get(pk=scan.pk)) == PNG
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "paper.print", "paper.hand_over", "paper.hand_over", "paper.take_back", "paper.archive",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("", "archive"), ("hand_over", "archive"), ("take_back", "hand_over"), ("take_back", "take_back"),
        ("take_back", "cancel"), ("cancel", "hand_over"), ("cancel", "take_back"), ("cancel", "cancel"),
        ("cancel", "archive"),
    ],
)  # fmt: skip
def test_wrong_step_is_a_sentence_and_changes_nothing(clerk, unit, first, then):
    paper = printed(clerk, unit)
    steps = {
        "hand_over": lambda: papers.hand_over(paper, "王处长", actor=clerk, on=DAY),
        "take_back": lambda: papers.take_back(paper, actor=clerk, on=DAY),
        "archive": lambda: papers.archive(paper, actor=clerk, on=DAY),
        "cancel": lambda: papers.cancel(paper, "打错了", actor=clerk),
    }
    if first:
        steps[first]()
    before = (Paper.objects.values().get(pk=paper.pk), AuditEntry.objects.count())

    with pytest.raises(BusinessError, match="不能"):
        steps[then]()

    assert (Paper.objects.values().get(pk=paper.pk), AuditEntry.objects.count()) == before


def test_second_of_two_who_step_at_once_reads_a_sentence(clerk, unit):
    mine, his = printed(clerk, unit), Paper.objects.get()
    papers.cancel(his, "打错了", actor=clerk)

    with pytest.raises(BusinessError, match="已经作废"):
        papers.take_back(mine, actor=clerk, on=DAY)


def test_subject_is_done_when_the_last_of_its_papers_is_back(clerk, unit):
    one, other = printed(clerk, unit), printed(clerk, unit)
    papers.take_back(one, actor=clerk, on=DAY)
    assert not papers.is_done("registry.check:1")
    papers.cancel(other, "打重了", actor=clerk)

    assert papers.done_among(["registry.check:1", "registry.check:2"]) == {"registry.check:1"}


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<html>", b"PK\x03\x04", b"\x89PNG", b" %PDF-1.7", b"MZ"])
def test_scan_is_judged_by_its_content(clerk, unit, data):
    with pytest.raises(BusinessError, match="jpg"):
        papers.store_scan(printed(clerk, unit), data, actor=clerk)
    assert not Attachment.objects.exists()


def test_scan_has_a_size(clerk, unit):
    with pytest.raises(BusinessError, match="10 MB"):
        papers.store_scan(printed(clerk, unit), PDF + b"0" * papers.MOST_BYTES, actor=clerk)


# Pages


def test_list_shows_what_is_out_the_most_overdue_first(client, clerk, unit):
    client.force_login(clerk)
    late = printed(clerk, unit, due_on=dt.date(2026, 1, 5))
    later = printed(clerk, unit, due_on=dt.date(2026, 1, 4))
    back = printed(clerk, unit)
    papers.take_back(back, actor=clerk, on=DAY)
    address = reverse("admin:common_paper_changelist")

    def codes(query=""):
        return [row.code for row in client.get(address + query).context["cl"].result_list]

    assert codes() == [later.code, late.code]
    assert codes("?state=overdue") == [later.code, late.code]
    assert codes("?state=returned") == [back.code]
    assert codes("?state=all&kind=信息核对表") == [back.code, later.code, late.code]
    assert codes("?holder=clerk") == [later.code, late.code]
    assert codes("?q=老干部局") == [later.code, late.code]
    assert codes("?q=没有") == []
    assert "逾期" in client.get(address).content.decode()


def test_code_leads_to_its_paper_from_the_list_and_from_the_search_box(client, clerk, unit):
    client.force_login(clerk)
    paper = printed(clerk, unit)
    papers.take_back(paper, actor=clerk, on=DAY)

    by_list = client.get(reverse("admin:common_paper_changelist"), {"q": paper.code.lower()})
    by_box = client.post(reverse("admin:person_search"), {"q": f" {paper.code[:3]} {paper.code[3:]}"})

    assert by_list["Location"] == by_box["Location"] == page("change", paper)


def test_pages_of_the_way(client, clerk, unit):
    client.force_login(clerk)
    paper = printed(clerk, unit)
    assert client.post(page("hand_over", paper), {"holder": "王处长"}).status_code == 302
    answer = client.post(page("take_back", paper), {})
    assert answer.status_code == 422
    assert "请选扫描件" in answer.content.decode()
    answer = client.post(page("take_back", paper), {"scan": SimpleUploadedFile("x.pdf", b"<script>")})
    assert answer.status_code == 422
    assert "这不是图片或 PDF" in answer.content.decode()
    assert client.post(page("take_back", paper), {"scan": SimpleUploadedFile("x.exe", PDF)}).status_code == 302
    assert client.post(page("archive", paper), {"place": "3 柜"}).status_code == 302

    paper.refresh_from_db()
    assert (paper.state, paper.holder) == ("archived", "3 柜")
    scan = client.get(page("scan", paper))
    assert (scan.content, scan["Content-Type"]) == (PDF, "application/pdf")
    assert scan["Content-Disposition"].startswith("attachment")
    text = client.get(page("change", paper)).content.decode()
    assert "3 柜" in text
    assert "作废</a>" not in text
    assert "王处长" in client.get(page("history", paper)).content.decode()


def test_paper_without_scan_may_come_back_and_get_it_later(client, clerk, unit):
    client.force_login(clerk)
    paper = printed(clerk, unit)
    assert client.post(page("take_back", paper), {"without": "on"}).status_code == 302
    assert client.post(page("take_back", paper), {"without": "on"}).status_code == 422
    assert client.post(page("take_back", paper), {"scan": SimpleUploadedFile("x.png", PNG)}).status_code == 302
    again = client.post(page("take_back", paper), {"scan": SimpleUploadedFile("x.png", PNG)})

    assert again.status_code == 422
    assert "已经有扫描件" in again.content.decode()


def test_pressing_twice_is_a_sentence(client, clerk, unit):
    client.force_login(clerk)
    paper = printed(clerk, unit)
    client.post(page("cancel", paper), {"reason": "打错了"})
    again = client.post(page("cancel", paper), {"reason": "打错了"})

    assert again.status_code == 422
    assert "已经作废" in again.content.decode()


def test_strangers_find_no_paper_and_readers_no_steps(client, clerk, unit):
    paper = printed(clerk, make_unit("乙区委老干部局", parent=unit))
    client.force_login(make_user("other", role="clerk", unit=make_unit("甲区委老干部局", parent=unit)))
    for name in ("change", "history", "hand_over", "take_back", "archive", "cancel", "scan"):
        assert client.get(page(name, paper)).status_code == 404
        assert client.post(page(name, paper), {}).status_code in {404, 405}
    assert client.get(reverse("admin:common_paper_changelist"), {"q": paper.code}).status_code == 200
    client.force_login(make_user("boss", role="leader", unit=unit))
    assert client.get(page("change", paper)).status_code == 200
    assert client.get(page("cancel", paper)).status_code == 403


def test_liaison_works_with_the_papers_of_his_unit(client, clerk, unit):
    own = make_unit("市民政局", parent=unit)
    paper = printed(clerk, own)
    client.force_login(make_user("liaison", role="liaison", unit=own))

    assert client.post(page("hand_over", paper), {"holder": "本单位领导"}).status_code == 302
    assert client.get(page("change", printed(clerk, unit))).status_code == 404
