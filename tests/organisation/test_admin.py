"""Staff pages of units and rule sets through real requests."""

import datetime

import pytest

from apps.organisation import rules
from apps.organisation.models import RuleSet, Unit
from apps.organisation.queries import rule_values
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    bureau = make_unit()
    return bureau, make_unit("教育局", parent=bureau), make_unit("财政局", parent=bureau)


def signed_in(client, role, unit):
    client.force_login(make_user(role, role=role, unit=unit))
    return client


def unit_values(**over):
    return {
        "parent": "", "code": "X1", "name": "新单位", "short_name": "", "aliases": "", "level": "city",
        "nature": "organ", "division": "", "phone": "", "position": "0", **over,
    }  # fmt: skip


def test_tree_is_read_by_all_staff_and_changed_by_the_system_administrator(client, tree):
    signed_in(client, "clerk", tree[0])
    page = client.get("/admin/organisation/unit/")
    assert page.status_code == 200
    assert "　教育局" in page.content.decode()
    assert client.get("/admin/organisation/unit/add/").status_code == 403

    signed_in(client, "system_admin", tree[0])
    response = client.post("/admin/organisation/unit/add/", unit_values(parent=tree[1].pk))
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Unit.objects.get_parent(Unit.objects.get(code="X1")) == tree[1]


def test_unit_is_moved_and_closed_on_its_pages(client, tree):
    signed_in(client, "system_admin", tree[0])
    change = f"/admin/organisation/unit/{tree[1].pk}/change/?edit=1"
    form = client.get(change).context["adminform"].form
    assert form.initial["parent"] == tree[0]
    values = unit_values(parent=tree[2].pk, code=tree[1].code, name=tree[1].name, seen_version=form.current_version())
    assert client.post(change, values).status_code == 302
    assert Unit.objects.get_parent(Unit.objects.get(pk=tree[1].pk)) == tree[2]

    close = f"/admin/organisation/unit/{tree[1].pk}/close/"
    assert client.get(close).status_code == 200
    assert client.post(close, {"on": "2026-03-01"}).status_code == 422
    assert client.post(close, {"on": "2026-03-01", "reason": "云编〔2026〕1号"}).status_code == 302
    assert Unit.objects.get(pk=tree[1].pk).closed_on == datetime.date(2026, 3, 1)
    assert client.post(close, {"reason": "登记错了"}).status_code == 302
    assert Unit.objects.get(pk=tree[1].pk).closed_on is None


def test_reach_ends_at_the_granted_unit(client, tree):
    signed_in(client, "system_admin", tree[1])

    assert client.get(f"/admin/organisation/unit/{tree[2].pk}/change/").status_code == 200
    assert client.post(f"/admin/organisation/unit/{tree[2].pk}/change/", unit_values()).status_code == 403
    response = client.post("/admin/organisation/unit/add/", unit_values())
    assert response.status_code == 200
    assert "管理范围内的上级单位" in response.content.decode()


def test_closed_units_are_not_offered_for_choosing(client, tree):
    Unit.objects.filter(pk=tree[1].pk).update(closed_on="2026-01-01")
    signed_in(client, "system_admin", tree[0])
    query = "app_label=organisation&model_name=unit&field_name=successor&term=局"
    found = client.get(f"/admin/autocomplete/?{query}").json()["results"]

    assert {row["text"] for row in found} == {"云江市委老干部局", "财政局"}


def rule_values_typed(**over):
    return {"unit": "", "effective_from": "2026-01-01", "document_no": "云老干〔2026〕3号", "note": "", **over}


def test_rule_set_form_has_one_labelled_field_for_each_value(client, tree):
    signed_in(client, "section_head", tree[0])
    assert "责任人人数" in client.get("/admin/organisation/ruleset/add/").content.decode()
    page = client.get("/admin/organisation/ruleset/add/?kind=care")
    assert "每位责任人最多负责几人" in page.content.decode()

    response = client.post("/admin/organisation/ruleset/add/?kind=care", rule_values_typed(value_capacity="8"))
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert rule_values("care", on=datetime.date(2026, 5, 1)).capacity == 8
    row = RuleSet.objects.get()
    assert (row.kind, row.values) == ("care", {"capacity": 8})


def test_wrong_values_and_a_missing_document_are_refused_by_sentence(client, tree):
    signed_in(client, "section_head", tree[0])
    typed = rule_values_typed(document_no="", value_quiet_from="7", value_quiet_until="8", value_sms_daily_cap="3",
                              value_digest_channels="短信，信鸽", value_urgent_channels="短信",
                              value_noon_from="12:00", value_noon_until="14:30", value_mobile_order="短信",
                              value_landline_order="电话单", value_letter_order="信函贺卡", value_visit_order="电话单",
                              value_batch_size="2000", value_batch_days="7")  # fmt: skip
    page = client.post("/admin/organisation/ruleset/add/?kind=messaging", typed)

    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert "document_no" in errors
    page = client.post("/admin/organisation/ruleset/add/?kind=messaging", {**typed, "document_no": "x"})
    assert "不打扰的时段" in str(page.context["adminform"].form.errors)
    assert not RuleSet.objects.exists()


def test_section_head_of_a_district_sets_no_rule_for_the_city(client, tree):
    signed_in(client, "section_head", tree[1])
    page = client.post("/admin/organisation/ruleset/add/?kind=care", rule_values_typed(value_capacity="8"))
    assert "不在您的管理范围内" in page.content.decode()

    typed = rule_values_typed(unit=tree[1].pk, value_capacity="8")
    assert client.post("/admin/organisation/ruleset/add/?kind=care", typed).status_code == 302


def test_every_kind_has_a_form_that_opens_and_keeps_its_defaults(client, tree):

    signed_in(client, "section_head", tree[0])
    for key, kind in rules.kinds().items():
        page = client.get(f"/admin/organisation/ruleset/add/?kind={key}")
        form = page.context["adminform"].form
        typed = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        prepared = {
            name: form.fields[name].prepare_value(value)
            for name, value in typed.items()
            if value is not None and value is not False
        }
        response = client.post(
            f"/admin/organisation/ruleset/add/?kind={key}", {**prepared, **rule_values_typed(document_no=key)}
        )
        assert response.status_code == 302, (key, response.context["adminform"].form.errors)
        assert rule_values(key, on=datetime.date(2026, 5, 1)) == kind.defaults
