"""Forms of 适老化改造: shape only, services decide."""

from django import forms

from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.common.photos import HELP, IMAGES
from apps.common.secrecy_forms import SecrecyMixin
from apps.ledgers.choices import Satisfaction
from apps.ledgers.choices.adaptation import AdaptationEnd, FundSource, PhotoSide
from apps.ledgers.models import Measure
from apps.ledgers.services.adaptation import Acceptance, ItemFacts, Quote

from .cases import DATE, LINES, CaseForm

EMPTY_LINES = 3


class AdaptationForm(CaseForm):
    asked_on = forms.DateField(label="提出日期", widget=DATE)
    wish = forms.CharField(label="想改什么", max_length=300, widget=LINES)
    measure = forms.ModelChoiceField(
        Measure.objects.none(), label="对应一人一策里的哪项办法", required=False, empty_label="（不对应）",
        help_text="验收以后，这项办法自动记为办好",
    )  # fmt: skip


class AdaptationChangeForm(AdaptationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["asked_on"]


class ItemForm(SecrecyMixin, forms.Form):
    """One line of what is built; left wholly empty it is none."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    item = forms.ChoiceField(label="项目", required=False)
    place = forms.CharField(label="位置", required=False, max_length=40)
    number = forms.IntegerField(label="数量", required=False, min_value=1, max_value=999)
    price = forms.DecimalField(label="单价（元）", required=False, min_value=0, max_digits=9, decimal_places=2)
    note = forms.CharField(label="说明", required=False, max_length=100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["item"].choices = [("", "（空着就不要）"), *choices_of("adaptation_item")]

    def clean(self):
        values = super().clean()
        if not values.get("item") and any(values.get(name) for name in ("place", "price", "note")):
            self.add_error("item", "请选项目。")
        return values

    def facts(self) -> ItemFacts | None:
        values = self.cleaned_data
        if not values.get("item"):
            return None
        return ItemFacts(**{**values, "number": values["number"] or 1})


class SurveyForm(PortalForm):
    surveyed_on = forms.DateField(label="勘查日期", widget=DATE)
    surveyor = forms.CharField(label="勘查人", max_length=80)
    findings = forms.CharField(label="住房情况和问题", required=False, max_length=500, widget=LINES)
    no_before_photo = forms.CharField(
        label="没有改造前照片的原因", required=False, max_length=100, help_text="已经加了改造前照片的不用填"
    )


class QuoteForm(PortalForm):
    quoted_on = forms.DateField(label="报价日期", widget=DATE)
    contractor = forms.CharField(label="施工单位", max_length=100)
    contractor_phone = forms.CharField(label="施工单位电话", required=False, max_length=40)
    fund_source = forms.ChoiceField(label="资金来源", choices=FundSource)
    subsidy = forms.DecimalField(
        label="其中补助（元）", required=False, min_value=0, max_digits=10, decimal_places=2,
        help_text="不用本人出的部分；全部由本人出的空着",
    )  # fmt: skip
    over_reason = forms.CharField(label="超过上限的理由", required=False, max_length=200)

    def quote(self) -> Quote:
        return Quote(**self.cleaned_data)


class WorksForm(PortalForm):
    works_from = forms.DateField(label="开工日期", widget=DATE)
    works_until = forms.DateField(label="完工日期", widget=DATE)


class SendBackForm(PortalForm):
    note = forms.CharField(label="哪里要返工", max_length=280, widget=LINES)


class AcceptForm(PortalForm):
    accepted_on = forms.DateField(label="验收日期", widget=DATE)
    acceptor = forms.CharField(label="验收人", max_length=80, help_text="本人或家属也签了字的，一起写上")
    paid = forms.DecimalField(label="结算金额（元）", required=False, min_value=0, max_digits=10, decimal_places=2)
    note = forms.CharField(label="验收意见", required=False, max_length=300, widget=LINES)
    no_after_photo = forms.CharField(
        label="没有改造后照片的原因", required=False, max_length=100, help_text="已经加了改造后照片的不用填"
    )

    def acceptance(self) -> Acceptance:
        return Acceptance(**self.cleaned_data)


class AskForm(PortalForm):
    replied_on = forms.DateField(label="回访日期", widget=DATE)
    satisfaction = forms.ChoiceField(label="是否满意", choices=Satisfaction, widget=forms.RadioSelect)
    note = forms.CharField(label="本人和家属的意见", required=False, max_length=300, widget=LINES)


class CancelForm(PortalForm):
    because = forms.ChoiceField(
        label="为什么取消", choices=[item for item in AdaptationEnd.choices if item[0] != AdaptationEnd.PERSON]
    )
    note = forms.CharField(label="说明", required=False, max_length=200)


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files by one control, each checked as one; at least one."""

    widget = ManyFiles

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class PhotoForm(PortalForm):
    side = forms.ChoiceField(label="哪一面", choices=PhotoSide, widget=forms.RadioSelect)
    photo = ManyFilesField(
        label="照片", widget=ManyFiles({"accept": IMAGES, "multiple": True}), help_text=HELP,
        error_messages={"required": "请先选照片。", "invalid": "请先选照片。", "missing": "请先选照片。"},
    )  # fmt: skip


class UndoForm(PortalForm):
    step = forms.IntegerField(widget=forms.HiddenInput)
