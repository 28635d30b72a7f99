"""Forms of the monthly report: one change, asked for by its kind."""

from django import forms
from django.core.exceptions import ValidationError

from apps.common.errors import BusinessError
from apps.common.fields import PartialDateField
from apps.common.forms import PortalForm
from apps.common.names import normalise_name
from apps.people.choices import LifeStatus
from apps.registry.choices import ReportLineKind
from apps.registry.models import Cadre
from apps.registry.services.reports import REPORT_EVENT, Told

Kind = ReportLineKind
FIELDS = {
    Kind.DIED: ("name", "which", "happened_on", "detail"),
    Kind.ADMITTED: ("name", "which", "happened_on", "hospital", "detail"),
    Kind.RELOCATED: ("name", "which", "happened_on", "address", "detail"),
    Kind.RETIRED: ("new_name", "happened_on", "birth_date", "citizen_id", "post", "detail"),
    Kind.OTHER: ("name", "which", "happened_on", "detail"),
}
WHEN = {
    Kind.DIED: "离世时间", Kind.ADMITTED: "住院时间", Kind.RELOCATED: "搬家时间", Kind.RETIRED: "退休时间",
    Kind.OTHER: "发生时间",
}  # fmt: skip
MOST_NAMES = 300
NO_LONGER = (LifeStatus.DECEASED,)


def own_people(user, unit_id: int):
    """Cadres of this unit itself about whom the user may tell something, by name; the dead left out."""
    rows = Cadre.objects.current().visible_to(user, REPORT_EVENT).filter(managing_unit_id=unit_id)
    rows = rows.exclude(person__life_status__in=NO_LONGER).select_related("person")
    return rows.order_by("person__name_sort_key", "person_id")


class LineForm(PortalForm):
    """One change. People are named; of two with one name the form asks which."""

    submit_label = "报这一条"
    name = forms.CharField(label="老同志姓名", max_length=100, help_text="写全名，只能是本单位管理的老同志")
    which = forms.CharField(label="同名的是哪一位", max_length=20, widget=forms.HiddenInput, required=False)
    new_name = forms.CharField(label="姓名", max_length=100)
    happened_on = PartialDateField().formfield(label="发生时间", required=True)
    hospital = forms.CharField(label="医院", max_length=80, required=False)
    address = forms.CharField(label="新地址", max_length=300)
    birth_date = PartialDateField().formfield(label="出生日期", required=False)
    citizen_id = forms.CharField(label="身份证号", max_length=40, required=False, help_text="加密保存，办理时才看得到")
    post = forms.CharField(label="职务（职级）", max_length=200, required=False)
    detail = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, user, unit, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.unit, self.kind = user, unit, kind
        self.fields = {name: self.fields[name] for name in FIELDS[Kind(kind)]}
        self.fields["happened_on"].label = WHEN[Kind(kind)]
        self.cadre: Cadre | None = None
        self.names: list[str] = []
        if "name" in self.fields:
            self.names = self._names()
            if self.names:
                self.fields["name"].widget.attrs["list"] = "people-of-unit"
        if kind == Kind.OTHER:
            self.fields["detail"].required = True

    def _names(self) -> list[str]:
        """Offered while typing; none for a unit too large to send them all."""
        names = list(own_people(self.user, self.unit.pk).values_list("person__name", flat=True)[: MOST_NAMES + 1])
        return list(dict.fromkeys(names)) if len(names) <= MOST_NAMES else []

    def clean(self):
        values = super().clean()
        if values.get("name"):
            self.cadre = self._resolve(values["name"])
        return values

    def _resolve(self, typed: str) -> Cadre | None:
        try:
            name = normalise_name(typed)
        except ValueError as error:
            self.add_error("name", str(error))
            return None
        found = list(own_people(self.user, self.unit.pk).filter(person__name=name)[:20])
        if not found:
            self.add_error("name", f"{self.unit.name}名下没有“{name}”。请核对姓名；刚退休的请报“新退休”。")
            return None
        if len(found) == 1:
            return found[0]
        offered = [(str(cadre.pk), _told_apart(cadre)) for cadre in found]
        self.fields["which"].widget = forms.RadioSelect(choices=offered)
        chosen = next((cadre for cadre in found if str(cadre.pk) == self.data.get("which")), None)
        if chosen is None:
            self.add_error("which", "本单位有同名的老同志，请选是哪一位。")
        return chosen

    def clean_happened_on(self):
        value = PartialDateField().to_python(self.cleaned_data["happened_on"])
        if value is None:
            raise ValidationError("请填写时间，只知道年月就写到月。")
        return value

    def told(self) -> Told:
        values = self.cleaned_data
        return Told(
            self.kind,
            values["happened_on"],
            cadre=self.cadre,
            name=values.get("new_name", ""),
            **{key: values.get(key) or "" for key in ("address", "hospital", "detail", "citizen_id", "post")},
            birth_date=values.get("birth_date"),
        )

    def refuse(self, error: BusinessError) -> None:
        """A refusal about the person belongs to the field that names him here."""
        place = {"name": "new_name", "person": "name"}.get(error.field or "", error.field)
        if self.kind != Kind.RETIRED and error.field == "name":
            place = "name"
        super().refuse(BusinessError(error.sentence, code=error.code, field=place))


def _told_apart(cadre: Cadre) -> str:
    person = cadre.person
    born = person.birth_date.display() if person.birth_date else "出生日期不详"
    return "，".join(filter(None, (person.name, person.get_sex_display(), born, cadre.former_post)))


class WhyForm(PortalForm):
    """Why a report is given back, or somebody is not added."""

    reason = forms.CharField(label="原因", max_length=200)

    def sentence(self) -> str:
        """The reason, or a refusal in one sentence."""
        if not self.is_valid():
            words = "".join(text for texts in self.errors.values() for text in texts)
            raise BusinessError("请写明原因。" if "这一项要填。" in words else words, code="reason")
        return self.cleaned_data["reason"]
