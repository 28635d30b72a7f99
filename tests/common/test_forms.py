"""The form base: one summary that leads to the fields, refusals where they belong."""

import pytest
from django import forms
from django.template import Context, Template

from apps.common.errors import BusinessError
from apps.common.forms import PortalForm


class NameForm(PortalForm):
    name = forms.CharField(label="姓名", help_text="和身份证上一样", widget=forms.TextInput)
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", required=False)


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


@pytest.mark.django_db  # words of secrecy that a bureau added are read
def test_refusal_goes_to_its_field_or_to_the_top():
    form = NameForm({"name": "李", "kind": "a"})
    assert form.is_valid()

    form.refuse(BusinessError("名字不对。", code="name", field="name"))
    form.refuse(BusinessError("现在不能办。", field="elsewhere"))

    assert form.errors["name"] == ["名字不对。"]
    assert form.non_field_errors() == ["现在不能办。"]
