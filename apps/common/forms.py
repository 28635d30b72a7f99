"""Forms outside the stock admin: one crispy helper, one error summary on top, refusals at their field."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from apps.common.admin_forms import RecordForm, say_required
from apps.common.date_limits import DatesMixin
from apps.common.errors import BusinessError
from apps.common.secrecy_forms import SecrecyMixin

DASHES = "---------"  # how Django draws a choice not yet made


class PortalFormHelper(FormHelper):
    """How every crispy form looks: bootstrap5 pack as overridden in templates/bootstrap5, our error summary on top.

    ``submit``: text of the one main button; empty for a form whose page brings its own buttons.
    """

    template_pack = "bootstrap5"
    form_show_errors = True
    help_text_inline = False
    error_text_inline = False

    def __init__(self, form=None, *, submit: str = "", tag: bool = True):
        super().__init__(form)
        # Not in the class: FormHelper empties them for each one.
        self.attrs = {"novalidate": True, "data-once": True}
        self.form_tag = tag
        self.disable_csrf = not tag
        if submit:
            self.add_input(Submit("save", submit, css_class="btn"))


class HelperMixin:
    """Gives a form its ``helper``. ``submit_label`` is the button's text."""

    submit_label = "保存"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            say_required(field)
            if getattr(field, "empty_label", None) == DASHES:
                field.empty_label = "请选择" if field.required else "不填"

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(self, submit=self.submit_label)

    def refuse(self, error: BusinessError) -> None:
        """Show a service's refusal where it belongs: at its field when the form has it, else on top."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, ValidationError(error.sentence, code=error.code))


class PortalForm(HelperMixin, DatesMixin, SecrecyMixin, forms.Form):
    """A form for an act: shape only, the service decides."""


class PortalRecordForm(HelperMixin, RecordForm):
    """A form for one record that carries the version it was opened at; RecordForm says what a stale one does."""
