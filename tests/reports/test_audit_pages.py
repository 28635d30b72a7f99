"""The auditor's pages through real requests: everything that happened, nobody's name."""

import ast
import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from apps.branches.choices import RecruitStage, TransferAct
from apps.branches.rules.election_steps import ACTS as ELECTION_ACTS
from apps.common import audit
from apps.common.audit_actions import ACTION_NAMES
from apps.common.crypto import blind_index
from apps.common.models import AuditEntry, AuditSubject
from apps.volunteers.choices.bank import TransferKind
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db

NUMBER = "440600193602290016"


@pytest.fixture
def cast(client):
    unit = make_unit()
    cadre = make_cadre("李德厚", unit=unit, citizen_id=NUMBER, citizen_id_index=blind_index("citizen_id", NUMBER))
    clerk = make_user("jingban", role="clerk", unit=unit, display_name="周晓岚")
    auditor = make_user("shenji", role="auditor", unit=unit)
    audit.record("open", actor=clerk, people=[cadre.pk])
    audit.record("reveal", actor=clerk, people=[cadre.pk, 999], fields=["citizen_id"], reason="核对待遇")
    audit.record("reveal", actor=auditor, people=[998])
    client.force_login(auditor)
    return {"cadre": cadre, "clerk": clerk, "auditor": auditor}


def shown(client, query="") -> list[str]:
    page = client.get(f"/admin/common/auditentry/{query}")
    assert page.status_code == 200
    return [entry.action for entry in page.context["cl"].result_list]


def test_list_shows_acts_and_actors_newest_first(client, cast):
    assert shown(client) == ["reveal", "reveal", "open"]
    text = client.get("/admin/common/auditentry/").content.decode()
    assert "周晓岚（jingban）" in text
    assert "查看完整内容" in text
    assert "李德厚" not in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?action=open", ["open"]),
        ("?q=jingban", ["reveal", "open"]),
        ("?q=周晓岚", ["reveal", "open"]),
        ("?q=nobody", []),
        ("?day=1", ["reveal", "reveal", "open"]),
        ("?day=2020-01-01", []),
        ("?day=nonsense", []),
        ("?q=jingban&action=reveal&day=7", ["reveal"]),
    ],
)
def test_filters(client, cast, query, expected):
    assert shown(client, query) == expected


def test_day_filter_takes_the_whole_day_in_shanghai(client, cast):
    today = timezone.localdate()

    assert len(shown(client, f"?day={today}")) == 3
    assert shown(client, f"?day={today - datetime.timedelta(days=1)}") == []


def test_entry_lists_people_by_number_and_cannot_be_changed(client, cast):
    entry = AuditEntry.objects.get(reason="核对待遇")
    url = f"/admin/common/auditentry/{entry.pk}/change/"
    page = client.get(url)

    assert f"{cast['cadre'].pk}、999" in page.content.decode()
    assert client.post(url, {"reason": "x"}).status_code == 403
    assert client.get(f"/admin/common/auditentry/{entry.pk}/history/").status_code == 404
    assert client.post(f"/admin/common/auditentry/{entry.pk}/delete/").status_code == 403
    assert client.get("/admin/common/auditentry/add/").status_code == 403


@pytest.mark.parametrize("how", ["number", "citizen_id"])
def test_who_looked_at_a_person(client, cast, how):
    who = NUMBER if how == "citizen_id" else str(cast["cadre"].pk)
    page = client.post("/admin/common/auditentry/looks/", {"who": who, "days": "90"})

    assert page.status_code == 200
    assert [row[1:5] for row in page.context["rows"]] == [
        ["周晓岚（jingban）", "查看完整内容", "身份证号", "核对待遇"],
        ["周晓岚（jingban）", "打开个人页面", "", ""],
    ]
    assert "李德厚" not in page.content.decode()
    asked = AuditEntry.objects.get(action="looks_of_person")
    assert (asked.actor_id, AuditSubject.objects.get(entry=asked).person_id) == (cast["auditor"].pk, cast["cadre"].pk)


@pytest.mark.parametrize("who", ["999999", "abc", "11010119490101", "440600193602290024"])
def test_unknown_person_is_said_to_be_unknown(client, cast, who):
    assert client.post("/admin/common/auditentry/looks/", {"who": who, "days": "90"}).status_code == 422


def test_others_do_not_read_the_log(client, cast):
    client.force_login(cast["clerk"])

    assert client.get("/admin/common/auditentry/").status_code == 403
    assert client.get("/admin/common/auditentry/looks/").status_code == 404
    assert client.get("/admin/common/auditseal/").status_code == 403


# Acts whose name is put together of a family and a step.
FAMILIES = {
    "bank.": set(TransferKind),
    "transfer.": set(TransferAct) - {TransferAct.END, TransferAct.REOPEN},  # those two are no act of a person's
    "recruit.": set(RecruitStage),
    "election.": set(ELECTION_ACTS),
    "money.": {"sign", "pay"},
    "lesson.": {"off", "moved", "sub", "extra"},
    "service_certificate.": {"apply", "accept", "refuse", "issue", "publish", "print", "revoke"},
    "term_shift.": {"ask", "approve", "refuse", "withdraw"},
}


def test_every_recorded_act_has_a_name():
    spelled, heads = set(), set()
    for path in (Path(settings.BASE_DIR) / "apps").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-2:]
            if called and called[0].startswith("audit") and called[-1] in {"record", "look"} and node.args:
                composed = isinstance(node.args[0], ast.JoinedStr)
                found = {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
                (heads if composed else spelled).update(name for name in found if isinstance(name, str))

    assert spelled - set(ACTION_NAMES) == set()
    assert heads - set(FAMILIES) == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_act_of_a_family_has_a_name(family):
    assert {f"{family}{step}" for step in FAMILIES[family]} - set(ACTION_NAMES) == set()
