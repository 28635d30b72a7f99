"""Evaluation by standards: opening, self-assessment in parts, submission, verification, naming, reward, undo."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from apps.branches.models import Evaluation, EvaluationLine, MicroLecture, Standard
from apps.branches.occasions import branch_reminders_between
from apps.branches.queries.evaluations import parts_of, totals_of
from apps.branches.rules.evaluation import missing_items, plain, points_refusal, total, valid_until
from apps.branches.services import evaluation_decisions as above
from apps.branches.services import evaluations as services
from apps.branches.services.evaluations import Given, ItemFacts
from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import Attachment, AuditEntry
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

TODAY = timezone.localdate()
DAY = dt.timedelta(1)
YEAR = TODAY.year
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
ITEMS = (
    ItemFacts("组织设置好", "按规定设置党支部", Decimal(10)),
    ItemFacts("组织设置好", "班子配备齐全", Decimal(10)),
    ItemFacts("学习活动好", "每月开展主题党日", Decimal(15)),
    ItemFacts("学习活动好", "受到市级以上表彰", Decimal(5), "bonus"),
    ItemFacts("学习活动好", "发生违纪情况", Decimal(5), "deduction"),
)


def make_standard(**over) -> Standard:
    values = {"name": "六好党支部", "subject": "branch", "year_from": YEAR - 1, **over}
    return services.keep_standard(Standard(**values), ITEMS, actor=None)


@pytest.fixture
def cast(db):
    unit = make_unit()
    above_ = make_organisation("党总支", unit=unit, level="general")
    branch = make_organisation("一支部", unit=unit, above=above_)
    other = make_organisation("二支部", unit=unit, above=above_)
    people = {name: make_cadre(name, unit=unit).person for name in ("丁一", "王五", "马六")}
    make_member(people["丁一"], branch)
    users = {}
    for name, key, where in (("丁一", "shuji", branch), ("王五", "shangji", above_), ("马六", "qita", other)):
        users[key] = make_user(key, is_staff=False)
        make_post(people[name], where, user=users[key])
    standard = make_standard()
    services.open_evaluations(
        standard, year=YEAR, due_on=TODAY + 10 * DAY, actor=None, organisation_ids=[branch.pk, other.pk]
    )
    evaluation = Evaluation.objects.get(organisation=branch)
    return {
        "unit": unit, "above": above_, "branch": branch, "other": other, "standard": standard,
        "evaluation": evaluation, **users,
    }  # fmt: skip


def items(standard) -> dict[int, int]:
    """number → pk"""
    return dict(standard.items.values_list("number", "pk"))


def fill(evaluation, points=(8, 9, 12), user=None):
    pks = items(evaluation.standard)
    for section, numbers in (("组织设置好", (1, 2)), ("学习活动好", (3,))):
        lines = list(services.lines_of_section(evaluation, section))
        given = {pks[number]: Given(Decimal(points[number - 1]), "做到了") for number in numbers}
        seen = services.seen_of(lines)
        services.save_part(evaluation, section, given, seen=seen, actor=user, by_staff=False)


def visit(**over):
    ways = {"heard": True, "inspected": True, "visited": True, "talked": True}
    return above.Visit(**{"verified_on": TODAY, "verifiers": "组织科", **ways, **over})


def check(evaluation, points, user=None, **over):
    pks = items(evaluation.standard)
    checked = {pks[number]: above.Checked(Decimal(value)) for number, value in points.items()}
    seen = services.seen_of(evaluation.lines.all())
    return above.verify(evaluation, checked, visit(**over), seen=seen, actor=user)


# Rules --------------------------------------------------------------------------------------------------------


def test_deductions_are_taken_away_and_nothing_given_is_no_sum():
    assert total([(Decimal(8), "normal"), (Decimal(2), "bonus"), (Decimal("1.5"), "deduction"), (None, "normal")]) == (
        Decimal("8.5")
    )
    assert total([(None, "normal")]) is None
    assert plain(Decimal("10.00")) == "10"
    assert plain(Decimal("4.50")) == "4.5"


def test_only_basic_items_must_be_filled():
    assert missing_items([(1, "normal", None), (2, "normal", Decimal(0)), (3, "bonus", None)]) == [1]
    assert points_refusal(Decimal(11), Decimal(10)) == "分数在 0 到 10 之间。"
    assert points_refusal(None, Decimal(10)) == ""


def test_a_naming_ends_the_day_before_its_anniversary():
    assert valid_until(dt.date(2024, 2, 29), 3) == dt.date(2027, 2, 28)
    assert valid_until(dt.date(2026, 7, 1), 3) == dt.date(2029, 6, 30)


# Services -----------------------------------------------------------------------------------------------------


def test_opening_again_opens_nothing_new(cast):
    assert EvaluationLine.objects.count() == 10
    again = services.open_evaluations(
        cast["standard"], year=YEAR, due_on=TODAY, actor=None, organisation_ids=[cast["branch"].pk]
    )
    assert again == 0
    assert EvaluationLine.objects.count() == 10


def test_exactly_one_subject_by_constraint(cast):
    values = {"standard": cast["standard"], "year": YEAR + 1, "due_on": TODAY}
    for subject in ({}, {"organisation": cast["branch"], "unit": cast["unit"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evaluation.objects.create(**values, **subject)


def test_units_go_through_the_same_steps(cast):
    standard = make_standard(name="六好单位", subject="unit")
    opened = services.open_evaluations(standard, year=YEAR, due_on=TODAY, actor=None, unit_ids=[cast["unit"].pk])
    assert opened == 1
    evaluation = Evaluation.objects.get(unit=cast["unit"])
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=True)
    assert check(evaluation, {1: 8, 2: 8, 3: 12}).state == "verified"
    with pytest.raises(BusinessError, match="评估对象"):
        services.open_evaluations(standard, year=YEAR, due_on=TODAY, actor=None, organisation_ids=[1])


def test_items_stand_once_a_standard_is_used(cast):
    with pytest.raises(BusinessError, match="不能再改"):
        services.keep_standard(cast["standard"], ITEMS[:1], actor=None)


def test_submission_names_what_is_missing_and_twice_is_once(cast):
    evaluation = cast["evaluation"]
    with pytest.raises(BusinessError, match="第 1、2、3 条"):
        services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    fill(evaluation)
    for _ in range(2):
        services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.submitted_on, evaluation.steps.count()) == ("submitted", TODAY, 1)
    with pytest.raises(BusinessError, match="已经呈报"):
        fill(evaluation, (1, 1, 1))


def test_a_part_sent_twice_changes_nothing_and_a_stale_one_is_refused(cast):
    evaluation, pks = cast["evaluation"], items(cast["standard"])
    seen = services.seen_of(services.lines_of_section(evaluation, "组织设置好"))
    mine = {pks[1]: Given(Decimal(8))}
    save = {"seen": seen, "actor": None, "by_staff": True}
    assert services.save_part(evaluation, "组织设置好", mine, **save) == 1
    assert services.save_part(evaluation, "组织设置好", mine, **save) == 0
    with pytest.raises(StaleVersion):
        services.save_part(evaluation, "组织设置好", {pks[1]: Given(Decimal(9))}, **save)
    assert EvaluationLine.objects.get(evaluation=evaluation, item_id=pks[1]).by_staff


def test_from_submission_to_naming_and_reward(cast):
    evaluation = cast["evaluation"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    with pytest.raises(BusinessError, match="至少要用 4 种"):
        check(evaluation, {1: 8, 2: 9, 3: 12}, talked=False)
    with pytest.raises(BusinessError, match="第 3 条还没有初核分"):
        check(evaluation, {1: 8, 2: 9})
    check(evaluation, {1: 8, 2: 9, 3: 11})
    pks = items(cast["standard"])
    seen = services.seen_of(evaluation.lines.all())
    above.recheck(evaluation, {pks[3]: above.Checked(Decimal(10))}, seen=seen, on=TODAY, actor=None)
    assert totals_of([line for part in parts_of(evaluation) for line in part.lines]) == [
        ("自评", "29"), ("初核", "28"), ("复核", "10"), ("命名", "27"),
    ]  # fmt: skip
    named = above.name(evaluation, above.Naming(level="city", decided_on=TODAY, plaque_no="云 001"), actor=None)
    assert (named.state, named.valid_until) == ("named", valid_until(TODAY, 3))
    paid = above.reward(evaluation, amount=Decimal(3000), on=TODAY, purpose="添置学习用书", actor=None)
    assert paid.reward_amount == 3000
    with pytest.raises(BusinessError, match="已经登记过奖补"):
        above.reward(evaluation, amount=Decimal(1), on=TODAY, purpose="书", actor=None)


def test_a_returned_one_is_written_again(cast):
    evaluation = cast["evaluation"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    above.send_back(evaluation, reason="第 3 条请附台账", on=TODAY, actor=None)
    fill(evaluation, (8, 9, 10))
    assert services.submit(evaluation, on=TODAY, actor=None, by_staff=False).state == "submitted"


def test_the_last_step_is_undone_by_whoever_did_it_on_the_day(cast):
    evaluation, user = cast["evaluation"], cast["shangji"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=cast["shuji"], by_staff=False)
    check(evaluation, {1: 8, 2: 9, 3: 11}, user=user)
    above.name(evaluation, above.Naming(level="city", decided_on=TODAY, document_no="云 1 号"), actor=user)
    honour = evaluation.organisation.honours.get(voided_at=None)
    assert (honour.name, honour.level, honour.document_no) == (evaluation.standard.name, "city", "云 1 号")
    with pytest.raises(BusinessError, match="当天由本人"):
        above.undo(evaluation, on=TODAY, actor=cast["shuji"])
    undone = above.undo(evaluation, on=TODAY, actor=user)
    assert (undone.state, undone.level, undone.valid_until) == ("verified", "", None)
    assert not evaluation.organisation.honours.filter(voided_at=None).exists()
    above.name(evaluation, above.Naming(level="city", decided_on=TODAY), actor=user)
    assert evaluation.organisation.honours.filter(voided_at=None).count() == 1
    above.undo(evaluation, on=TODAY, actor=user)
    with pytest.raises(BusinessError, match="当天由本人"):
        above.undo(evaluation, on=TODAY, actor=user)


# The desk -----------------------------------------------------------------------------------------------------


def at(name, organisation, *args):
    return reverse(f"branches:{name}", args=[organisation.public_id, *args])


def typed(evaluation, section, **values):
    seen = services.seen_of(services.lines_of_section(evaluation, section))
    pks = items(evaluation.standard)
    return {"seen": seen, **{f"{name[0]}{pks[int(name[1:])]}": value for name, value in values.items()}}


def test_a_secretary_fills_it_in_parts_and_submits(client, cast):
    evaluation, branch = cast["evaluation"], cast["branch"]
    client.force_login(cast["shuji"])
    page = at("evaluation", branch, evaluation.public_id)
    assert "接着填" in client.get(at("evaluations", branch)).content.decode()
    part = at("evaluation_part", branch, evaluation.public_id, 1)
    assert client.get(part).status_code == 200
    too_many = client.post(part, typed(evaluation, "组织设置好", p1="11"))
    assert too_many.status_code == 422
    assert "最多 10 分" in too_many.content.decode()
    answer = client.post(part, {**typed(evaluation, "组织设置好", p1="8分", p2="9.5", n1="三年来"), "next": "1"})
    assert answer.url == at("evaluation_part", branch, evaluation.public_id, 2)
    assert "1 / 2" in client.get(page).content.decode()
    submit = at("evaluation_submit", branch, evaluation.public_id)
    assert "第 3 条还没有填" in client.get(submit).content.decode()
    assert "还有 1 条" in client.post(submit, follow=True).content.decode()
    client.post(at("evaluation_part", branch, evaluation.public_id, 2), typed(evaluation, "学习活动好", p3="15"))
    assert "自评 32.5 分" in client.get(submit).content.decode()
    client.post(submit)
    evaluation.refresh_from_db()
    assert evaluation.state == "submitted"
    assert "撤回刚办的" in client.get(page).content.decode()
    client.post(at("evaluation_undo", branch, evaluation.public_id))
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.submitted_on) == ("drafting", None)


def test_what_was_half_typed_is_there_again(client, cast):
    evaluation, branch = cast["evaluation"], cast["branch"]
    client.force_login(cast["shuji"])
    pk = items(cast["standard"])[1]
    draft = reverse("branches:draft", args=[branch.public_id, "evaluation"])
    client.post(f"{draft}?subject={evaluation.public_id}:1", {f"n{pk}": "写了一半", "seen": "987654321012"})
    part = at("evaluation_part", branch, evaluation.public_id, 1)
    page = client.get(part).content.decode()
    assert "写了一半" in page
    assert "987654321012" not in page
    client.post(part, typed(evaluation, "组织设置好", p1="8", n1="写完了"))
    assert "上次没有保存" not in client.get(part).content.decode()


def test_evidence_is_kept_shown_to_the_branch_alone_and_removed(client, cast):
    evaluation, branch = cast["evaluation"], cast["branch"]
    client.force_login(cast["shuji"])
    part = at("evaluation_part", branch, evaluation.public_id, 1)
    name = f"f{items(cast['standard'])[1]}"
    bad = SimpleUploadedFile("a.exe", b"MZ")
    assert client.post(part, {**typed(evaluation, "组织设置好"), name: bad}).status_code == 422
    client.post(part, {**typed(evaluation, "组织设置好"), name: SimpleUploadedFile("台账.png", PNG)})
    kept = Attachment.objects.get(purpose="evaluation")
    file = at("evaluation_file", branch, evaluation.public_id, kept.public_id)
    assert client.get(file).content == PNG
    client.force_login(cast["qita"])
    assert client.get(file).status_code == 404
    client.force_login(cast["shuji"])
    client.post(part, {**typed(evaluation, "组织设置好"), "remove": str(kept.public_id)})
    kept.refresh_from_db()
    assert kept.purged_at


def test_those_above_verify_and_the_branch_does_not_verify_itself(client, cast):
    evaluation, branch = cast["evaluation"], cast["branch"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    verify = at("evaluation_verify", branch, evaluation.public_id)
    for user in ("shuji", "qita"):
        client.force_login(cast[user])
        assert client.get(verify).status_code == 404
    client.force_login(cast["shangji"])
    assert client.get(at("evaluation_part", branch, evaluation.public_id, 1)).status_code == 404
    assert client.get(verify).status_code == 200
    pks = items(cast["standard"])
    seen = services.seen_of(evaluation.lines.all())
    ways = {name: "on" for name in ("heard", "inspected", "visited", "talked")}
    data = {"seen": seen, "verified_on": f"{TODAY}", "verifiers": "王五", **ways, f"p{pks[1]}": "8", f"p{pks[2]}": "9"}
    assert client.post(verify, data).status_code == 422
    assert client.post(verify, {**data, f"p{pks[3]}": "12"}).status_code == 302
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.verifiers) == ("verified", "王五")


def test_papers_print_and_export_and_are_logged(client, cast):
    client.force_login(cast["shuji"])
    evaluation, branch = cast["evaluation"], cast["branch"]
    for which, words in (("form", "事迹材料"), ("scores", "初核")):
        paper = at("evaluation_paper", branch, evaluation.public_id, which)
        assert words in client.get(paper).content.decode()
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{paper}?as=xlsx").content))
        assert any(words in [str(cell) for cell in row] for row in book.active.values)
    assert AuditEntry.objects.filter(action__in=["print", "export"]).count() == 4


def test_micro_lectures_are_recorded_once_changed_and_taken_back(client, cast):
    client.force_login(cast["shuji"])
    branch = cast["branch"]
    data = {"key": str(uuid.uuid4()), "title": "初心", "speaker": "丁一", "held_on": f"{TODAY}", "summary": "讲旧事"}
    for _ in range(2):
        assert client.post(at("lecture_new", branch), data).status_code == 302
    row = MicroLecture.objects.get()
    client.post(at("lecture", branch, row.public_id), {**data, "title": "使命", "key": str(uuid.uuid4())})
    row.refresh_from_db()
    assert row.title == "使命"
    assert client.post(at("lecture_new", branch), {**data, "held_on": f"{TODAY + DAY}"}).status_code == 422
    client.post(at("lecture_back", branch, row.public_id))
    assert "还没有微党课" in client.get(at("lectures", branch)).content.decode()


# Staff --------------------------------------------------------------------------------------------------------


@pytest.fixture
def head(client, cast):
    user = make_user("kezhang", role="section_head", unit=cast["unit"])
    client.force_login(user)
    return user


def test_staff_paste_a_standard_and_open_a_year_for_a_subtree(client, cast, head):
    data = {
        "name": "五好党支部", "subject": "branch", "year_from": YEAR, "document_no": "云老干〔2026〕3号",
        "lines": "班子好 | 按期换届 | 10\n学习好\t每月学习\t12.5\t加分项\n",
    }  # fmt: skip
    add = "/admin/branches/standard/add/"
    wrong = client.post(add, {**data, "lines": "班子好 | 按期换届 | 十分"})
    assert "第 1 行：分值" in wrong.content.decode()
    assert client.post(add, data).status_code == 302
    standard = Standard.objects.get(name="五好党支部")
    assert list(standard.items.values_list("number", "points", "nature")) == [
        (1, Decimal(10), "normal"), (2, Decimal("12.5"), "bonus"),
    ]  # fmt: skip
    assert client.get(f"/admin/branches/standard/{standard.pk}/change/?edit=1").status_code == 200
    form = {"standard": standard.pk, "year": YEAR, "due_on": f"{TODAY}", "organisation": cast["above"].pk}
    assert client.post("/admin/branches/evaluation/open/", form).status_code == 302
    assert Evaluation.objects.filter(standard=standard).count() == 3
    assert client.post("/admin/branches/evaluation/open/", {**form, "organisation": ""}).status_code == 422


def test_staff_check_name_and_reward_in_the_admin(client, cast, head):
    evaluation = cast["evaluation"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    page = f"/admin/branches/evaluation/{evaluation.pk}"
    pks = items(cast["standard"])
    points = {f"p{pks[1]}": "8", f"p{pks[2]}": "9", f"p{pks[3]}": "12"}
    ways = {name: "on" for name in ("heard", "inspected", "visited", "talked")}
    assert client.get(f"{page}/check/").status_code == 200
    data = {"seen": services.seen_of(evaluation.lines.all()), "verified_on": f"{TODAY}", "verifiers": "组织科"}
    assert client.post(f"{page}/check/", {**data, **ways, **points}).status_code == 302
    assert "复核打分" in client.get(f"{page}/change/").content.decode()
    assert client.get(f"{page}/act/reward/").status_code == 403
    named = {"level": "city", "decided_on": f"{TODAY}", "plaque_no": "云 001"}
    assert client.post(f"{page}/act/name/", named).status_code == 302
    assert (
        client.post(f"{page}/act/reward/", {"amount": "3,000", "on": f"{TODAY}", "purpose": "图书"}).status_code == 302
    )
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.reward_amount) == ("named", 3000)
    shown = client.get(f"{page}/change/").content.decode()
    assert "云 001" in shown
    assert "撤回上一步" in shown
    listed = client.get("/admin/branches/evaluation/?valid=soon")
    assert listed.status_code == 200
    book = client.get("/admin/branches/evaluation/export/?state=named")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values)
    assert [row[2] for row in rows[2:]] == ["一支部"]


def test_a_clerk_does_not_name(client, cast):
    client.force_login(make_user("jingban", role="clerk", unit=cast["unit"]))
    evaluation = cast["evaluation"]
    fill(evaluation)
    services.submit(evaluation, on=TODAY, actor=None, by_staff=False)
    check(evaluation, {1: 8, 2: 9, 3: 12})
    page = f"/admin/branches/evaluation/{evaluation.pk}"
    assert client.get(f"{page}/act/name/").status_code == 403
    assert client.get(f"{page}/act/return/").status_code == 200


def test_a_unit_is_filled_in_by_staff(client, cast, head):
    standard = make_standard(name="六好单位", subject="unit")
    services.open_evaluations(standard, year=YEAR, due_on=TODAY, actor=head, unit_ids=[cast["unit"].pk])
    evaluation = Evaluation.objects.get(unit=cast["unit"])
    page = f"/admin/branches/evaluation/{evaluation.pk}"
    assert "替单位填自评" in client.get(f"{page}/change/").content.decode()
    assert client.get(f"{page}/part/1/").status_code == 200
    client.post(f"{page}/part/1/", typed(evaluation, "组织设置好", p1="8", p2="9"))
    client.post(f"{page}/part/2/", typed(evaluation, "学习活动好", p3="12"))
    assert client.post(f"{page}/act/submit/").status_code == 302
    evaluation.refresh_from_db()
    assert evaluation.state == "submitted"
    assert client.get("/admin/branches/evaluation/").status_code == 200


# Reminders ----------------------------------------------------------------------------------------------------


def reminded(topic, day=TODAY):
    found = []
    for rows in branch_reminders_between(day, day):
        with connection.cursor() as cursor:
            cursor.execute(rows.sql, rows.params)
            names = [column[0] for column in cursor.description]
            found += [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted((row["organisation_id"], row["role"]) for row in found if row["topic"] == topic)


def test_who_is_reminded_of_what(cast):
    both = sorted((cast[name].pk, "branch") for name in ("branch", "other"))
    assert reminded("evaluation") == both
    Evaluation.objects.update(due_on=TODAY + 40 * DAY)
    assert reminded("evaluation") == []
    Evaluation.objects.filter(organisation=cast["branch"]).update(state="submitted", submitted_on=TODAY - 20 * DAY)
    assert reminded("evaluation_waiting") == [(cast["branch"].pk, "above"), (cast["branch"].pk, "section")]
    assert reminded("evaluation_waiting", TODAY - 10 * DAY) == []
