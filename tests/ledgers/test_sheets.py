"""Call sheets: who goes on one, what is printed, and the grid that closes the duties."""

import datetime as dt
import time
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Absence
from apps.common import papers
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry, AuditSubject, Paper
from apps.ledgers.models import CallSheet, CareAssignment, Contact, Duty, SafetyCheck
from apps.ledgers.queries.sheets import due_duties, due_people, whose_duties
from apps.ledgers.services import LineResult, enter_results, make_sheet, void_contact
from apps.messaging.models import Message
from apps.organisation.models import RuleSet
from apps.people.models import Person, Phone
from apps.registry.models import Cadre
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
ADD = "admin:ledgers_callsheet_add"
MOST_OF_A_GRID = 45


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def owe(bureau, today):
    """A cadre with an open duty, cared for by somebody or by nobody."""

    def make(name: str, *, carer=None, kind="veteran_call", due=0, unit=None, phone="13900001234", **over) -> Cadre:
        cadre = make_cadre(name, unit=unit or bureau, retire_type="veteran", **over)
        Phone.objects.create(
            person=cadre.person, kind="mobile", number=phone, number_index=uuid.uuid4().bytes, last4_index=b"l"
        )
        Duty.objects.create(
            cadre=cadre, kind=kind, period_start=today - 20 * DAY, period_end=today + 60 * DAY, due_on=today + due * DAY
        )
        if carer:
            CareAssignment.objects.create(cadre=cadre, carer=carer, starts_on=today - 90 * DAY)
        return cadre

    return make


def people(user, today, *, whose="me", calls_only=True, carers=None, until=10):
    scope = Cadre.objects.current().visible_to(user, "ledgers.record_contact")
    duties = due_duties(scope, until=today + until * DAY, on=today, calls_only=calls_only)
    duties = whose_duties(duties, whose, carers=carers or [user.pk])
    return due_people(duties, on=today, order="due")


@pytest.fixture
def sheet_of(clerk, today):
    def make(*names_or_people, actor=None, **over) -> CallSheet:
        actor = actor or type(clerk).objects.get(pk=clerk.pk)
        chosen = names_or_people or people(actor, today)
        values = {"carer": actor, "actor": actor, "on": today, "until": today + 7 * DAY, "order": "due"}
        return make_sheet(list(chosen), form_key=uuid.uuid4(), **{**values, **over})

    return make


def results(sheet, today, *, outcome="answered", **over) -> list[LineResult]:
    return [
        LineResult(line_id=line.pk, form_key=line.form_key, outcome=outcome, happened_on=today, **over)
        for line in sheet.lines.select_related("contact")
    ]


def fresh(user):
    """As a request brings him: grants and units are read anew."""
    return type(user).objects.get(pk=user.pk)


def login(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# Choosing


def test_own_people_come_with_what_is_due_the_most_urgent_first(clerk, owe, today):
    owe("甲", carer=clerk, due=5)
    owe("乙", carer=clerk, due=-3)
    owe("丙", carer=clerk, due=30)
    owe("丁", carer=clerk, kind="veteran_visit")
    owe("戊")
    Person.objects.filter(pk=owe("己", carer=clerk).pk).update(life_status="deceased")

    found = people(fresh(clerk), today)

    assert [(person.cadre.person.name, person.overdue) for person in found] == [("乙", 3), ("甲", 0)]
    everything = people(fresh(clerk), today, calls_only=False)
    assert {person.cadre.person.name for person in everything} == {"甲", "乙", "丁"}
    assert [person.cadre.person.name for person in people(fresh(clerk), today, whose="none")] == ["戊"]


def test_visit_that_the_planner_made_a_call_is_a_call(clerk, owe, today):
    visit = owe("甲", carer=clerk, kind="veteran_visit")
    call = owe("乙", carer=clerk)
    Duty.objects.filter(cadre=visit).update(means="call")
    Duty.objects.filter(cadre=call).update(means="visit")

    assert [person.cadre.person.name for person in people(fresh(clerk), today)] == ["甲"]


def test_choosing_costs_the_same_for_one_and_for_ten(clerk, owe, today):
    def count() -> int:
        user = fresh(clerk)
        with CaptureQueriesContext(connection) as queries:
            assert people(user, today)
        return len(queries)

    owe("甲", carer=clerk)
    one = count()
    for name in "乙丙丁戊己庚辛壬癸":
        owe(name, carer=clerk)

    assert count() == one


def test_who_is_on_a_sheet_that_is_out_says_so(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    assert [person.on_sheet for person in people(fresh(clerk), today)] == [sheet.paper.code]
    papers.cancel(sheet.paper, "打错了", actor=clerk)

    assert [person.on_sheet for person in people(fresh(clerk), today)] == [""]


def test_page_makes_one_sheet_however_often_it_is_sent(clerk, owe, today):
    cadre, other = owe("甲", carer=clerk), owe("乙", carer=clerk)
    client = login(clerk)
    page = client.get(reverse(ADD))
    assert [row["ticked"] for row in page.context["rows"]] == [True, True]
    sent = {"pick": [cadre.pk], "form_key": str(page.context["form"].initial["form_key"]), "reason": ""}

    first, again = client.post(reverse(ADD), sent), client.post(reverse(ADD), sent)

    sheet = CallSheet.objects.get()
    assert first["Location"] == again["Location"] == reverse("admin:ledgers_callsheet_print", args=[sheet.pk])
    assert [line.cadre_id for line in sheet.lines.all()] == [cadre.pk]
    assert Paper.objects.get().subject == f"ledgers.callsheet:{sheet.pk}"
    assert other.pk not in sheet.lines.values_list("cadre_id", flat=True)


def test_substitute_finds_the_people_of_who_is_away(bureau, clerk, owe, today):
    away = make_user("away", role="clerk", unit=bureau)
    owe("甲", carer=away)
    Absence.objects.create(user=away, substitute=clerk, starts_on=today - DAY, ends_on=today + DAY)
    page = login(clerk).get(reverse(ADD), {"whose": away.pk})

    assert [row["person"].cadre.person.name for row in page.context["rows"]] == ["甲"]
    assert (str(away.pk), "替 away") in page.context["chosen"].fields["whose"].choices


@pytest.mark.parametrize(
    "query",
    [{"whose": "99999"}, {"until": "昨天"}, {"what": "x"}, {"order": "x"}, {"until": "2999-01-01"}, {"whose": "\x00"}],
)
def test_wrong_conditions_are_told(clerk, owe, query):
    owe("甲", carer=clerk)
    page = login(clerk).get(reverse(ADD), query)

    assert page.status_code == 200
    assert page.context["rows"] == []
    assert "条件要改一下" in page.content.decode()


def test_nobody_ticked_or_somebody_invented_makes_no_sheet(bureau, clerk, owe):
    owe("甲", carer=clerk)
    stranger = owe("外人", unit=make_unit("外地", parent=None), phone="13900009999")
    client = login(clerk)
    for pick in ([], [stranger.pk], ["x"], ["9" * 30]):
        page = client.post(reverse(ADD), {"pick": pick, "form_key": str(uuid.uuid4())})
        assert page.status_code == 422
        assert "请至少选一位老同志" in page.content.decode()
    assert client.post(reverse(ADD), {"form_key": "x"}).status_code == 422
    assert not CallSheet.objects.exists()


def test_people_of_nobody_need_a_reason_that_the_audit_keeps(clerk, owe):
    cadre = owe("甲")
    client, address = login(clerk), reverse(ADD) + "?whose=none"
    sent = {"pick": [cadre.pk], "form_key": str(uuid.uuid4())}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "请写明为什么" in refused.content.decode()

    assert client.post(address, {**sent, "reason": "月底集中联系"}).status_code == 302
    entry = AuditEntry.objects.get(action="print", reason="月底集中联系")
    assert list(AuditSubject.objects.filter(entry=entry).values_list("person_id", flat=True)) == [cadre.pk]


def test_a_sheet_has_room_for_sixty(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    one = people(fresh(clerk), today)[0]

    with pytest.raises(BusinessError, match="60"):
        sheet_of(*[one] * 61)


# Printing


def test_print_names_its_order_and_shows_numbers_and_is_logged(clerk, owe, sheet_of):
    cadre = owe("甲", carer=clerk, reach_by="landline", hard_of_hearing=True)
    sheet = sheet_of()
    text = login(clerk).get(reverse("admin:ledgers_callsheet_print", args=[sheet.pk])).content.decode()

    for words in (sheet.paper.code, "排列：期限先后", "139 0000 1234", "听力不好", "无人接", "用后收回", "国家秘密"):
        assert words in text
    assert "<script>" not in text
    entry = AuditEntry.objects.filter(action="print").latest("pk")
    assert (entry.target, entry.subject_count) == (f"ledgers.callsheet:{sheet.pk}", 1)
    assert AuditSubject.objects.filter(entry=entry, person_id=cadre.pk).exists()


def test_print_without_the_right_to_numbers_leaves_them_out(bureau, clerk, owe, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    reader = make_user("liaison", role="liaison", unit=bureau)
    text = login(reader).get(reverse("admin:ledgers_callsheet_print", args=[sheet.pk])).content.decode()

    assert "甲" in text
    assert "0000 1234" not in text


def test_who_left_the_readers_scope_is_not_named(bureau, clerk, owe, sheet_of):
    district = make_unit("甲区", parent=bureau)
    other = make_unit("乙区", parent=bureau)
    mine = make_user("mine", role="clerk", unit=district)
    cadre = owe("欧阳某", unit=district)
    CareAssignment.objects.create(cadre=cadre, carer=mine, starts_on=dt.date(2024, 1, 1))
    sheet = sheet_of(*people(fresh(mine), timezone.localdate()), actor=fresh(mine))
    CareAssignment.objects.filter(cadre=cadre).update(ends_on=timezone.localdate())
    Cadre.objects.filter(pk=cadre.pk).update(managing_unit=other)
    for name in ("print", "enter"):
        text = login(mine).get(reverse(f"admin:ledgers_callsheet_{name}", args=[sheet.pk])).content.decode()
        assert "欧阳某" not in text
        assert "不在您的范围内" in text


def test_cancelled_sheet_is_neither_printed_nor_entered(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    papers.cancel(sheet.paper, "打错了", actor=clerk)
    client = login(clerk)
    assert client.get(reverse("admin:ledgers_callsheet_print", args=[sheet.pk])).status_code == 302
    assert "打错了" in client.get(reverse("admin:ledgers_callsheet_enter", args=[sheet.pk])).content.decode()

    with pytest.raises(BusinessError, match="已经作废"):
        enter_results(sheet, results(sheet, today), actor=fresh(clerk), on=today)


def test_strangers_find_no_sheet(bureau, clerk, owe, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    client = login(make_user("other", role="clerk", unit=make_unit("甲区", parent=bureau)))
    for name in ("print", "enter", "change", "history"):
        assert client.get(reverse(f"admin:ledgers_callsheet_{name}", args=[sheet.pk])).status_code == 404
        assert client.post(reverse(f"admin:ledgers_callsheet_{name}", args=[sheet.pk])).status_code in {404, 405}


# The grid


def grid(sheet, rows: dict[int, dict], **more) -> dict:
    """What the page sends: every line with its key, the filled ones with their values."""
    sent = dict(more)
    for line in sheet.lines.select_related("contact"):
        values = {"form_key": line.form_key, "outcome": "", "happened_on": "", **rows.get(line.position, {})}
        sent |= {f"r{line.position}-{name}": value for name, value in values.items()}
    return sent


def enter(client, sheet, rows, **more):
    return client.post(reverse("admin:ledgers_callsheet_enter", args=[sheet.pk]), grid(sheet, rows, **more))


def test_thirty_duties_close_in_one_grid_under_a_second_and_a_half(clerk, owe, today, sheet_of):
    for number in range(30):
        owe(f"老人{number}", carer=clerk)
    sheet = sheet_of()
    client = login(clerk)
    rows = {n: {"outcome": "answered", "happened_on": today, "summary": "精神好"} for n in range(1, 31)}
    sent = grid(sheet, rows)

    # The process's own time: the wall clock of a busy machine measures its neighbours. Queries are bounded below.
    began = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(reverse("admin:ledgers_callsheet_enter", args=[sheet.pk]), sent)

    assert answer.status_code == 302
    assert time.process_time() - began < 1.5
    assert len(queries) <= MOST_OF_A_GRID
    assert Duty.objects.filter(satisfied_by__isnull=False).count() == 30
    assert Contact.objects.filter(entered_via="sheet", method="phone", outcome="answered").count() == 30
    sheet.refresh_from_db()
    assert (sheet.entered_by, sheet.paper.state) == (clerk, "returned")
    assert papers.is_done(f"ledgers.callsheet:{sheet.pk}")


@pytest.mark.parametrize("outcome", ["answered", "unanswered"])
def test_grid_costs_the_same_queries_for_two_rows_and_for_six(clerk, owe, today, sheet_of, outcome):
    def cost(number: int) -> int:
        for place in range(number):
            owe(f"老人{number}{place}", carer=clerk)
        sheet = sheet_of(*people(fresh(clerk), today)[-number:])
        sent, actor = results(sheet, today, outcome=outcome), fresh(clerk)
        actor.has_perm("ledgers.record_contact")
        with CaptureQueriesContext(connection) as queries:
            assert enter_results(sheet, sent, actor=actor, on=today).saved == number
        return len(queries)

    assert cost(2) == cost(6)


def test_grid_tells_each_responsible_of_his_own_duties_once(bureau, clerk, owe, today, sheet_of):
    first, second = (make_user(name, role="clerk", unit=bureau) for name in ("first", "second"))
    for name, carer in (("甲", first), ("乙", first), ("丙", second), ("丁", clerk)):
        owe(name, carer=carer)
    chosen = people(fresh(clerk), today, carers=[first.pk, second.pk, clerk.pk])
    sheet = sheet_of(*chosen, outside=[], carer=fresh(clerk))
    sent = results(sheet, today)
    for _ in range(2):
        enter_results(sheet, sent, actor=fresh(clerk), on=today)

    told = Message.objects.filter(template="duty.done_by_other").values_list("user__username", "about__name")
    assert sorted(told) == [("first", "乙"), ("first", "甲"), ("second", "丙")]


def test_grid_sent_twice_is_one_contact_a_line(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    owe("乙", carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    sent = grid(sheet, {1: {"outcome": "unanswered", "happened_on": today}})
    address = reverse("admin:ledgers_callsheet_enter", args=[sheet.pk])

    assert [client.post(address, sent).status_code for _ in range(3)] == [302, 302, 302]
    assert Contact.objects.count() == 1


def test_wrong_rows_keep_what_was_typed_and_the_others_are_saved(clerk, owe, today, sheet_of):
    for name in "甲乙丙丁":
        owe(name, carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    answer = enter(client, sheet, {
        1: {"outcome": "answered", "happened_on": today},
        2: {"outcome": "answered", "happened_on": today + DAY, "summary": "说好明天再聊"},
        3: {"summary": "没选接通情况"},
        4: {"outcome": "<b>", "happened_on": "2026-13-45"},
    })  # fmt: skip
    text = answer.content.decode()

    assert answer.status_code == 422
    assert Contact.objects.count() == 1
    assert "录入了 1 位" in text
    assert "有 3 位没有录进去" in text
    for words in ("时间不能晚于今天", "说好明天再聊", "没选接通情况", "请选接通情况", "已录：接通"):
        assert words in text
    sheet.refresh_from_db()
    assert (sheet.entered_at, sheet.paper.state) == (None, "printed")


def test_marks_of_secrets_stop_their_row_and_words_ask_for_a_reason(clerk, owe, today, sheet_of):
    for name in "甲乙丙":
        owe(name, carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    said = {"outcome": "answered", "happened_on": today}
    answer = enter(client, sheet, {
        1: {**said, "summary": "秘密★10年"}, 2: {**said, "summary": "聊了机密的事"}, 3: said,
    })  # fmt: skip
    text = answer.content.decode()

    assert answer.status_code == 422
    assert Contact.objects.count() == 1
    assert "不是密级标志的理由" in text
    again = enter(client, sheet, {2: {**said, "summary": "聊了机密的事", "not_a_secrecy_mark": "说的是小说"}})
    assert again.status_code == 302
    assert Contact.objects.count() == 2


def test_part_now_and_part_later(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    owe("乙", carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    enter(client, sheet, {2: {"outcome": "answered", "happened_on": today}})
    sheet.refresh_from_db()
    assert sheet.paper.state == "printed"
    enter(client, sheet, {1: {"outcome": "family", "happened_on": today}})

    sheet = CallSheet.objects.get()
    assert sheet.paper.state == "returned"
    assert [line.outcome for line in sheet.lines.all()] == ["family", "answered"]


def test_sheet_may_come_back_with_some_not_called(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    owe("乙", carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    refused = enter(client, sheet, {1: {"outcome": "answered", "happened_on": ""}}, finish="1")
    assert refused.status_code == 422
    assert Paper.objects.get().state == "printed"
    enter(client, sheet, {1: {"outcome": "answered", "happened_on": today}}, finish="1")

    assert Paper.objects.get().state == "returned"
    assert CallSheet.objects.get().entered_at is not None
    assert Duty.objects.open().count() == 1


def test_line_recorded_elsewhere_says_so(clerk, owe, today, sheet_of, contact):
    cadre = owe("甲", carer=clerk)
    sheet = sheet_of()
    contact(cadre, today, method="home")
    text = login(clerk).get(reverse("admin:ledgers_callsheet_enter", args=[sheet.pk])).content.decode()

    assert "别处已记：登门" in text


def test_line_entered_by_a_colleague_meanwhile_is_refused_with_his_name(bureau, clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    typed = results(sheet, today)
    colleague = make_user("colleague", role="clerk", unit=bureau)
    enter_results(sheet, results(sheet, today, outcome="unanswered"), actor=fresh(colleague), on=today)
    CallSheet.objects.filter(pk=sheet.pk).update(entered_at=None)

    done = enter_results(sheet, [type(typed[0])(**{**typed[0].__dict__, "form_key": uuid.uuid4()})],
                         actor=fresh(clerk), on=today)  # fmt: skip

    assert "colleague" in done.refused[typed[0].line_id]
    assert Contact.objects.count() == 1


def test_only_a_call_that_reached_him_keeps_the_duty(clerk, owe, today, sheet_of):
    for outcome in ("family", "unanswered", "out", "answered"):
        owe(outcome, carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    outcomes = {line.position: line.cadre.person.name for line in sheet.lines.all()}
    enter(client, sheet, {place: {"outcome": outcome, "happened_on": today} for place, outcome in outcomes.items()})

    assert Duty.objects.get(satisfied_by__isnull=False).cadre.person.name == "answered"


def test_two_unanswered_calls_to_somebody_alone_send_somebody_today(clerk, owe, today, sheet_of):
    # Whatever the hour at which the suite runs.
    whole_day = {"from_hour": 0, "until_hour": 24}
    RuleSet.objects.create(kind="safety_checks", effective_from=LONG_AGO, document_no="x", values=whole_day)
    cadre = owe("甲", carer=clerk, living="alone")
    sheet, client = sheet_of(), login(clerk)
    enter(client, sheet, {1: {"outcome": "unanswered", "happened_on": today}})
    assert not SafetyCheck.objects.exists()
    page = client.get(reverse("admin:ledgers_callsheet_enter", args=[sheet.pk])).content.decode()
    assert "已录：无人接" in page
    assert "可以再录" in page
    answer = enter(client, sheet, {1: {"outcome": "unanswered", "happened_on": today}})

    assert SafetyCheck.objects.open().get().cadre_id == cadre.pk
    assert "甲：一天两次没有接通，已发出当日上门核实" in client.get(answer["Location"]).content.decode()


def test_unanswered_line_may_be_called_again_an_answered_one_not(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    for outcome, saved in (("unanswered", 1), ("unanswered", 1), ("answered", 1)):
        assert enter_results(sheet, results(sheet, today, outcome=outcome), actor=fresh(clerk), on=today).saved == saved
    done = enter_results(sheet, results(sheet, today), actor=fresh(clerk), on=today)

    assert (done.saved, len(done.refused)) == (0, 1)
    assert [row.outcome for row in Contact.objects.order_by("pk")] == ["unanswered", "unanswered", "answered"]


def test_voided_result_opens_its_line_again(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    enter_results(sheet, results(sheet, today), actor=fresh(clerk), on=today)
    void_contact(Contact.objects.get(), actor=clerk, reason="记错人", on=today)

    assert enter_results(sheet, results(sheet, today), actor=fresh(clerk), on=today).saved == 1
    assert Contact.objects.filter(voided_at__isnull=True).count() == 1


def test_lines_of_other_sheets_are_not_touched(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    mine = sheet_of()
    other = sheet_of()

    done = enter_results(mine, results(other, today), actor=fresh(clerk), on=today)

    assert (done.saved, Contact.objects.count()) == (0, 0)


def test_result_entered_for_a_colleague_names_both(bureau, clerk, owe, today, sheet_of):
    caller = make_user("caller", role="clerk", unit=bureau)
    owe("甲", carer=caller)
    sheet = sheet_of(*people(fresh(clerk), today, carers=[caller.pk]), carer=caller)
    enter_results(sheet, results(sheet, today), actor=fresh(clerk), on=today)

    contact = Contact.objects.get()
    assert (contact.recorded_by, contact.on_behalf_of, contact.by) == (clerk, caller, "staff")


def test_leader_reads_a_sheet_and_enters_nothing(bureau, clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    sheet = sheet_of()
    leader = login(make_user("boss", role="leader", unit=bureau))

    assert "接通情况" not in leader.get(reverse("admin:ledgers_callsheet_enter", args=[sheet.pk])).content.decode()
    assert enter(leader, sheet, {1: {"outcome": "answered", "happened_on": today}}).status_code == 403
    assert not Contact.objects.exists()


def test_list_counts_what_was_entered_and_a_code_leads_to_the_grid(clerk, owe, today, sheet_of):
    owe("甲", carer=clerk)
    owe("乙", carer=clerk)
    sheet, client = sheet_of(), login(clerk)
    enter_results(sheet, results(sheet, today)[:1], actor=fresh(clerk), on=today)
    Paper.objects.update(due_on=today - 2 * DAY)
    address = reverse("admin:ledgers_callsheet_changelist")

    assert "1 / 2 位" in client.get(address).content.decode()
    assert "逾期 2 天" in client.get(address + "?state=overdue&mine=me").content.decode()
    assert client.get(address, {"q": sheet.paper.code.lower()})["Location"] == reverse(
        "admin:ledgers_callsheet_enter", args=[sheet.pk]
    )
    paper = client.get(reverse("admin:common_paper_change", args=[sheet.paper_id])).content.decode()
    assert "录入结果" in paper


# Lists for paper


def test_visit_list_has_the_columns_of_the_form(clerk, owe, today):
    cadre = owe("甲", carer=clerk, kind="veteran_visit", residence="河滨路 8 号", former_post="市计委副主任")
    client = login(clerk)
    answer = client.post(
        reverse(ADD) + "?what=all&order=community", {"pick": [cadre.pk], "form_key": str(uuid.uuid4()), "visits": "1"}
    )
    text = client.get(answer["Location"]).content.decode()

    for words in (
        "走访慰问登记表",
        "河滨路 8 号",
        "139 0000 1234",
        "市计委副主任",
        "排列：社区",
        "签收",
        "（盖章）",
        "上门看望",
    ):
        assert words in text
    assert AuditEntry.objects.filter(action="print", target="ledgers.visits").exists()


def test_visit_list_shows_no_strangers_and_survives_nonsense(bureau, clerk, owe):
    stranger = owe("外人", unit=make_unit("外地"))
    client, address = login(clerk), reverse("admin:ledgers_duty_visit_list")

    for query in ("", "?pk=", f"?pk={stranger.pk}", "?pk=x,,-1,99999999999999999999&order=%00", "?pk=１２"):
        answer = client.get(address + query)
        assert answer.status_code == 200
        assert "外人" not in answer.content.decode()


def test_today_on_paper(clerk, owe):
    owe("甲", carer=clerk)
    client = login(clerk)
    text = client.get(reverse("admin:ledgers_duty_today")).content.decode()

    for words in ("今日待办", "甲", "139 0000 1234", "电话或微信联系"):
        assert words in text
    assert reverse("admin:ledgers_duty_today") in client.get("/admin/").content.decode()


def test_recorded_contacts_print_in_the_same_table(clerk, owe, today, contact):
    cadre = owe("甲", carer=clerk)
    row = contact(cadre, today, method="home", leaders="张局长", gifts="牛奶一箱")
    client = login(clerk)
    listed = reverse("admin:ledgers_contact_changelist")
    sent = client.post(listed, {"action": "print_ticked", "_selected_action": [row.pk]})
    text = client.get(sent["Location"]).content.decode()

    for words in ("张局长", "牛奶一箱", "甲", "走访时间"):
        assert words in text


# Labels from the list of cadres


def test_labels_ask_for_a_reason_and_leave_a_trace(clerk, owe):
    cadre = owe("甲", residence="510000 河滨路 8 号")
    owe("乙")
    client, listed = login(clerk), reverse("admin:registry_cadre_changelist")
    keys = list(Cadre.objects.values_list("pk", flat=True))
    sent = client.post(listed, {"action": "print_labels_for_ticked", "_selected_action": keys})
    refused = client.post(sent["Location"], {"grid": "l3x7", "reason": ""})
    assert refused.status_code == 422
    text = client.post(sent["Location"], {"grid": "l3x7", "reason": "寄慰问信"}).content.decode()

    for words in ("510000", "河滨路 8 号", "<b>甲</b> 同志收", "没有地址，没打的 1 位", "乙"):
        assert words in text
    entry = AuditEntry.objects.get(action="print", reason="寄慰问信")
    assert AuditSubject.objects.filter(entry=entry, person_id=cadre.pk).exists()


def test_labels_are_of_ones_own_people_only(bureau, clerk, owe):
    stranger = owe("外人", unit=make_unit("外地"), residence="外地路 1 号")
    text = login(clerk).post(
        reverse("admin:registry_cadre_labels") + f"?pk={stranger.pk}", {"grid": "l3x7", "reason": "x"}
    )

    assert "外地路" not in text.content.decode()
    liaison = login(make_user("liaison", role="liaison", unit=bureau))
    assert liaison.get(reverse("admin:registry_cadre_labels")).status_code == 403
