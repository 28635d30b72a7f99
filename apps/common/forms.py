"""Forms of the portal: one helper, one error summary, and the version that stops silent overwriting."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from apps.common.errors import BusinessError, StaleVersion


class PortalFormHelper(FormHelper):
    """How every crispy form looks: bootstrap5 pack as overridden in templates/bootstrap5, our error summary on top.

    ``submit``: text of the one main button; empty for a form whose page brings its own buttons.
    """

    template_pack = "bootstrap5"
    form_show_errors = True
    help_text_inline = False
    error_text_inline = False
    attrs = {"novalidate": True, "data-once": True}

    def __init__(self, form=None, *, submit: str = "", tag: bool = True):
        super().__init__(form)
        self.form_tag = tag
        self.disable_csrf = not tag
        if submit:
            self.add_input(Submit("save", submit, css_class="btn"))


class HelperMixin:
    """Gives a form its ``helper``. ``submit_label`` is the button's text."""

    submit_label = "保存"

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(self, submit=self.submit_label)

    def refuse(self, error: BusinessError) -> None:
        """Show a service's refusal where it belongs: at its field when the form has it, else on top."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, ValidationError(error.sentence, code=error.code))


class PortalForm(HelperMixin, forms.Form):
    """A form for an act: shape only, the service decides."""


class VersionedModelForm(HelperMixin, forms.ModelForm):
    """A form for one record that carries the record's version.

    When somebody else saved meanwhile, the form is refused with code ``stale_version``, ``conflicts`` lists
    what differs (label, theirs, yours) and the hidden version becomes the newest, so that a second, informed
    press saves.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflicts: list[tuple[str, str, str]] = []
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("version") != self.instance.version:
            self.conflicts = self.differences(cleaned)
            self.show_newest_version()
            self.add_error(None, ValidationError(StaleVersion().sentence, code=StaleVersion().code))
        return cleaned

    def differences(self, cleaned) -> list[tuple[str, str, str]]:
        """(label, saved meanwhile, typed now) for each field where the two differ, in the form's order."""
        rows = []
        for name, field in self.fields.items():
            if name == "version" or name not in cleaned:
                continue
            theirs = field.prepare_value(self.initial.get(name))
            yours = field.prepare_value(cleaned[name])
            if field.has_changed(theirs, yours):
                rows.append((str(field.label or name), shown(field, theirs), shown(field, yours)))
        return rows

    def show_newest_version(self) -> None:
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(self.instance.version)


def shown(field, value) -> str:
    """A value in the words a reader knows: the choice's label, 是 or 否, or 未填写."""
    if value in (None, ""):
        return "未填写"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple, set)):
        return "、".join(shown(field, item) for item in value) or "未填写"
    for choice, label in getattr(field, "choices", ()):
        if str(getattr(choice, "value", choice)) == str(value):
            return str(label)
    return str(value)
