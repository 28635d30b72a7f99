"""Units and ranks that must not be held here stop what names them."""

import pytest
from django.core.exceptions import ValidationError

from apps.common.errors import BusinessError
from apps.organisation.barred import barred_entries, bars
from apps.organisation.forms import BarredEntryForm
from apps.organisation.models import BarredEntry, Unit
from apps.registry.barred import refuse_barred
from apps.registry.services import standing
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db


def bar(name: str, kind: str = "unit") -> BarredEntry:
    return BarredEntry.objects.create(kind=kind, name=name, document_no="云保〔2026〕1号")


def test_what_names_an_entry_is_stopped_with_its_document():
    bar("某特殊单位")

    sentence = bars("云江市某 特殊单位 三处", barred_entries())

    assert "某特殊单位" in sentence
    assert "云保〔2026〕1号" in sentence
    assert bars("云江市水务局", barred_entries()) is None
    assert bars("", barred_entries()) is None


def test_a_voided_entry_bars_nothing():
    entry = bar("某特殊单位")
    BarredEntry.objects.filter(pk=entry.pk).update(voided_at="2026-01-01T00:00Z")

    assert barred_entries() == ()


def test_a_cadre_of_a_barred_unit_or_post_is_refused_at_the_field():
    cadre = make_cadre(unit=make_unit())
    refuse_barred(cadre)
    cadre.former_post = "原某特殊单位主任"
    bar("某特殊单位")

    with pytest.raises(BusinessError) as refused:
        refuse_barred(cadre)

    assert refused.value.field == "former_post"


def test_a_change_of_standing_into_a_barred_rank_is_refused_and_nothing_written():
    cadre = make_cadre(unit=make_unit())
    bar("一级巡视员", "rank")

    with pytest.raises(BusinessError, match="不得在本系统登记"):
        standing.correct(cadre, "grade_rank", "G01", since=None)

    cadre.refresh_from_db()
    assert cadre.grade_rank != "G01"


def test_the_same_entry_stands_once():
    bar("某特殊单位")

    with pytest.raises(ValidationError, match="已经在清单里"):
        BarredEntry(kind="unit", name="某特殊单位", document_no="二号").full_clean()


def test_an_entry_of_two_letters_would_stop_too_much():
    form = type("Form", (BarredEntryForm,), {"Meta": type("Meta", (), {"model": BarredEntry, "fields": "__all__"})})

    assert "至少" in form({"kind": "unit", "name": "市局", "document_no": "一"}).errors["name"][0]


def test_unit_form_and_list_through_real_requests(client):
    unit = make_unit()
    client.force_login(make_user("safe", role="security_admin", unit=unit))
    values = {"kind": "unit", "name": "某特殊 单位", "document_no": "云保〔2026〕1号", "reason": ""}
    assert client.post("/admin/organisation/barredentry/add/", values).status_code == 302
    assert BarredEntry.objects.get().name == "某特殊单位"
    assert "某特殊单位" in client.get("/admin/organisation/barredentry/").content.decode()

    client.force_login(make_user("system", role="system_admin", unit=unit))
    page = client.post(
        "/admin/organisation/unit/add/",
        {
            "parent": unit.pk,
            "code": "T1",
            "name": "云江市某特殊单位",
            "level": "city",
            "nature": "organ",
            "position": 0,
        },
    )
    assert "不得在本系统登记" in page.content.decode()
    assert not Unit.objects.filter(code="T1").exists()


def test_a_question_in_an_admin_form_can_be_answered(client):
    unit = make_unit()
    client.force_login(make_user("system", role="system_admin", unit=unit))
    values = {"division": "110101", "street": "", "name": "机密文件柜社区"}

    asked = client.post("/admin/organisation/community/add/", values).content.decode()

    assert 'name="not_a_secrecy_mark"' in asked
    assert "如果只是普通词语" in asked
