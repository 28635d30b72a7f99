"""Forms of the time bank: who, how long, why."""

from django import forms

from apps.common.code_lists import names_of
from apps.common.forms import PortalForm
from apps.people.newcomers import PersonFacts
from apps.volunteers.queries.search import find_one_of
from apps.volunteers.rules.bank import HOUR, LINEAL, SPOUSE

from .base import BirthField, KeyForm

LONGEST_HOURS = 1_500
WHAT_TO_TYPE = "您管的老干部、志愿者填姓名；别的人填完整的手机号或者身份证号"
NOT_KNOWN = "没有找到。按姓名只能找到您管的人，别的人请填完整的手机号或者身份证号。"
SEXES = [("", "不详"), ("1", "男"), ("2", "女")]


class PersonField(forms.CharField):
    """One person typed by name, phone or number: by name among those whom `user` (set by the form) sees, by a whole
    number anybody. Of several of one name the sentence says how to tell them apart. Its value is the Person."""

    user = None

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 40, "help_text": WHAT_TO_TYPE, **kwargs})

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = find_one_of(text, self.user)
        exact = [person for person in found if person.name == text.strip()]
        found = exact or found
        if not found:
            raise forms.ValidationError(NOT_KNOWN, code="unknown")
        if len(found) > 1:
            years = "、".join(sorted({str(person.birth_date.year) for person in found if person.birth_date}))
            raise forms.ValidationError(
                f"有几位都对得上（{years}年生），请改填完整的手机号或者身份证号。", code="several"
            )
        return found[0]


class LengthForm(KeyForm):
    """How long, as hours and minutes; `cleaned_data["minutes"]` is the sum."""

    hours = forms.IntegerField(label="小时", min_value=0, max_value=LONGEST_HOURS, required=False, initial=0)
    rest = forms.IntegerField(label="分钟", min_value=0, max_value=HOUR - 1, required=False, initial=0)
    least = 1

    def clean(self):
        values = super().clean()
        if "hours" not in self.errors and "rest" not in self.errors:
            values["minutes"] = (values.get("hours") or 0) * HOUR + (values.get("rest") or 0)
            if values["minutes"] < self.least:
                self.add_error("hours", "请填几小时几分钟。")
        return values

    def refuse(self, error):
        """The services speak of minutes; here they are typed as hours."""
        if error.field == "minutes":
            error.field = "hours"
        super().refuse(error)


class WhyForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=120, widget=forms.Textarea(attrs={"rows": 2}))


class OpenForm(PortalForm):
    submit_label = "开户"
    person = PersonField(label="给谁开户")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].user = user


class GiveForm(LengthForm):
    """To one of the relatives whom staff verified (`kin`: pairs of person and words)."""

    receiver = forms.ChoiceField(label="送给谁")
    field_order = ["receiver", "hours", "rest"]
    submit_label = "赠送"

    def __init__(self, *args, kin=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person, _ in kin}
        self.fields["receiver"].choices = [(str(person.public_id), words) for person, words in kin]

    def clean_receiver(self):
        return self.people[self.cleaned_data["receiver"]]


class DonateForm(LengthForm):
    submit_label = "捐出"
    reason = forms.CharField(label="说明", max_length=120, required=False)


class AskGrantForm(LengthForm):
    submit_label = "提出，等复核"
    reason = forms.CharField(label="理由", max_length=120, help_text="例如 南河社区证明一个人住，下周要去医院")
    attested = forms.BooleanField(label="社区已证明他一个人住", required=False)


class AskOpeningForm(LengthForm):
    submit_label = "提出，等复核"
    reason = forms.CharField(label="凭什么", max_length=120, help_text="例如 青州市时间银行转出单第8号")


class AskContraForm(LengthForm):
    least = 0
    submit_label = "提出，等复核"
    reason = forms.CharField(label="错在哪里", max_length=120)
    field_order = ["reason", "hours", "rest"]

    def __init__(self, *args, earned: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not earned:
            del self.fields["hours"], self.fields["rest"]
        else:
            self.fields["hours"].label, self.fields["rest"].label = "应当是（小时）", "应当是（分钟）"
            self.fields["hours"].help_text = "整笔都不该有的，填 0 小时 0 分钟"

    def clean(self):
        values = super().clean()
        values.setdefault("minutes", 0)
        return values


class DecideForm(PortalForm):
    answer = forms.CharField(label="意见", max_length=120, required=False, help_text="不同意的要写原因")


class OutForm(LengthForm):
    submit_label = "开转出单"
    to_bank = forms.CharField(label="转到哪里", max_length=80, help_text="例如 青州市老干部局时间银行")
    closes = forms.BooleanField(label="全部转走，转出后销户", required=False)
    field_order = ["to_bank", "hours", "rest", "closes"]


def relations() -> list[tuple[str, str]]:
    """Of whom minutes may be given to, nothing chosen to begin with."""
    names = names_of("relation")
    codes = sorted(LINEAL, key=lambda code: (code not in SPOUSE, code))
    return [("", "请选择"), *((code, names.get(code, code)) for code in codes)]


class KinForm(PortalForm):
    submit_label = "核实"
    kin = PersonField(label="亲属")
    relation = forms.ChoiceField(label="是户主的什么人", choices=relations)
    proof = forms.CharField(label="凭什么材料", max_length=120, help_text="例如 户口簿、结婚证")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kin"].user = user


class NewKinForm(KeyForm):
    """A relative who is in no register."""

    submit_label = "登记并核实"
    name = forms.CharField(label="亲属姓名", max_length=60)
    birth_date = BirthField(label="出生日期", max_length=20, help_text="例如 1936-04-16；满 60 周岁才能用时间")
    sex = forms.ChoiceField(label="性别", choices=SEXES, required=False)
    phone = forms.CharField(label="手机或座机", max_length=30, required=False)
    residence = forms.CharField(label="现住址", max_length=120, required=False)
    relation = forms.ChoiceField(label="是户主的什么人", choices=relations)
    proof = forms.CharField(label="凭什么材料", max_length=120, help_text="例如 户口簿、结婚证")
    known_different = forms.CharField(
        label="为什么是另一个人", max_length=120, required=False, help_text="有同名同生日的人时才填"
    )
    agreed = forms.BooleanField(
        label="已经得到他本人同意，登记以上资料", error_messages={"required": "要先得到他本人同意。"}
    )

    def facts(self) -> PersonFacts:
        values = self.cleaned_data
        names = ("name", "birth_date", "phone", "residence", "known_different")
        return PersonFacts(**{name: values[name] for name in names}, sex=values["sex"] or "0")


class SettleForm(KeyForm):
    """The family's decision: one of the verified relatives, or the pool."""

    submit_label = "结清并销户"
    heir = forms.ChoiceField(label="给谁", widget=forms.RadioSelect)
    reason = forms.CharField(label="谁决定的，凭什么材料", max_length=120)

    def __init__(self, *args, kin=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person, _ in kin}
        self.fields["heir"].choices = [
            *((str(person.public_id), words) for person, words in kin), ("pool", "捐入公共池")
        ]  # fmt: skip

    def clean_heir(self):
        return self.people.get(self.cleaned_data["heir"])
