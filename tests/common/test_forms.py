"""The form base: refusals land where they belong, a stale version is shown and not overwritten."""

from django import forms
from django.http import QueryDict
from django.template import Context, Template

from apps.common.errors import BusinessError
from apps.common.forms import PortalForm, VersionedModelForm
from apps.organisation.models import Community


class NameForm(PortalForm):
    name = forms.CharField(label="姓名", help_text="和身份证上一样", widget=forms.TextInput)
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", required=False)


class CommunityForm(VersionedModelForm):
    class Meta:
        model = Community
        fields = ["name"]


def render(form) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


def test_summary_links_to_fields_and_ids_exist():
    html = render(NameForm({}))

    assert '<a href="#id_name">姓名：' in html
    assert '<a href="#div_id_kind">类型：' in html
    assert 'id="id_name"' in html
    assert 'id="div_id_kind"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert "（可以不填）" in html
    assert "*" not in html


def test_hint_and_error_stand_above_the_control():
    html = render(NameForm({}))

    assert html.index('id="id_name_helptext"') < html.index('id="id_name_error"') < html.index('id="id_name"')


def test_refusal_goes_to_its_field_or_to_the_top():
    form = NameForm({"name": "李", "kind": "a"})
    assert form.is_valid()

    form.refuse(BusinessError("名字不对。", code="name", field="name"))
    form.refuse(BusinessError("现在不能办。", field="elsewhere"))

    assert form.errors["name"] == ["名字不对。"]
    assert form.non_field_errors() == ["现在不能办。"]


def test_stale_version_shows_both_and_then_lets_an_informed_press_through():
    saved = Community(pk=1, name="南河社区", version=3)
    form = CommunityForm(QueryDict("name=北河社区&version=2"), instance=saved)

    assert not form.is_valid()
    assert form.conflicts == [(form.fields["name"].label, "南河社区", "北河社区")]
    assert [error.code for error in form.non_field_errors().as_data()] == ["stale_version"]
    assert form["version"].value() == "3"
    assert "两边不一样的地方" in render(form)


def test_current_version_is_no_conflict():
    form = CommunityForm(QueryDict("name=北河社区&version=3"), instance=Community(pk=1, name="南河社区", version=3))
    form.full_clean()

    assert form.conflicts == []
