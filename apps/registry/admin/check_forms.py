"""Forms of the yearly check: which units, and what came back on one row of a sheet."""

from django import forms
from django.core.exceptions import ValidationError

from apps.common.fields import PartialDateField
from apps.common.forms import PortalForm
from apps.common.secrecy_forms import REASON, SecrecyMixin
from apps.registry.choices import LifeEventKind, Living
from apps.registry.models import CheckLine
from apps.registry.services.checks import Answered

TOLD = (
    LifeEventKind.DIED, LifeEventKind.ADMITTED, LifeEventKind.LOST, LifeEventKind.OTHER,
)  # fmt: skip


ALL, SOME = "all", "some"


class StartForm(PortalForm):
    """A year, and the units whose sheets are to be made."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2199)
    which = forms.ChoiceField(label="给哪些单位发核对表", widget=forms.RadioSelect)
    units = forms.MultipleChoiceField(
        label="单位",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "有的单位今年已经发过，请刷新页面再选。"},
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = units
        self.fields["which"].choices = [(ALL, f"还没发过的全部 {len(units)} 个单位"), (SOME, "只给下面勾的单位")]
        self.fields["units"].choices = [(str(unit.pk), unit.name) for unit in units]

    def clean(self):
        values = super().clean()
        if values.get("which") == SOME and not values.get("units") and "units" not in self.errors:
            self.add_error("units", "请至少勾一个单位。")
        return values

    def chosen(self) -> list:
        """The units to start, in the order offered."""
        if self.cleaned_data["which"] == ALL:
            return self.offered
        return [unit for unit in self.offered if str(unit.pk) in self.cleaned_data["units"]]


class RowForm(SecrecyMixin, forms.Form):
    """One row of the grid; left empty it says nothing."""

    right = forms.BooleanField(label="无误", required=False)
    phone = forms.CharField(label="电话改为", max_length=40, required=False)
    residence = forms.CharField(label="现住址改为", max_length=300, required=False)
    living = forms.ChoiceField(label="居住方式改为", choices=[("", "不改"), *Living.choices], required=False)
    post = forms.CharField(label="职务改为", max_length=200, required=False)
    told = forms.ChoiceField(
        label="另有情况", choices=[("", "没有"), *((kind.value, kind.label) for kind in TOLD)], required=False
    )
    happened_on = PartialDateField().formfield(label="什么时候", required=False, help_text="")
    detail = forms.CharField(label="说明", max_length=500, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args, line: CheckLine, **kwargs):
        super().__init__(*args, prefix=f"r{line.position}", label_suffix="", **kwargs)
        self.line = line

    def _clean_form(self):
        """A row has no room for a reason: a doubtful word is to be put differently."""
        super()._clean_form()
        self.fields.pop(REASON, None)

    def clean_happened_on(self):
        try:
            return PartialDateField().to_python(self.cleaned_data["happened_on"])
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def answer(self) -> Answered:
        return Answered(line_id=self.line.pk, **self.cleaned_data)


FIELDS = tuple(item.label for name, item in RowForm.base_fields.items() if name != "seen")
