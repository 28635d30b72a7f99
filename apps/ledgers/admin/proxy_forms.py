"""Forms of 家属授权: who may do what, how the person agreed, the form that came back, a renewal, an end."""

import datetime as dt

from django import forms
from django.utils import timezone

from apps.accounts.access import colleagues_of
from apps.accounts.models import User
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.organisation.queries import rule_values
from apps.people.choices import GrantMethod, GuardianAs, ProxyScope, SpokenHow
from apps.people.family_rules import FamilyRules, latest_end
from apps.people.models import ProxyGrant, Relative

from .inquiry_forms import DAY_FIELD, HandlerField

DAY = dt.timedelta(days=1)
ADD = "people.add_proxygrant"
SCAN = {"accept": ".jpg,.jpeg,.png,.pdf"}
SCOPE_HELP = {
    ProxyScope.ENROL: "报名办事：替他报名，替他提出改电话、住址",
    ProxyScope.PROMISES: "看承诺：谁照顾他、答应了什么、什么时候办",
    ProxyScope.HEALTH: "看健康：登记的住院、体检和健康情况",
}


class RelativeField(forms.ModelChoiceField):
    def label_from_instance(self, relative: Relative) -> str:
        relation = relative.relation_note or dict(choices_of("relation")).get(relative.relation, "")
        phone = "" if relative.phone_index else "，没有登记电话"
        return f"{relative.name}（{relation}{phone}）"


class GrantForm(PortalForm):
    """A relative on record, or a new one with name, relation and telephone."""

    relative = RelativeField(
        Relative.objects.none(), label="授权给谁", required=False, empty_label="（不在下面，我在后面填）"
    )
    new_name = forms.CharField(label="不在登记里的：姓名", max_length=60, required=False)
    new_relation = forms.ChoiceField(label="他是老同志的", required=False)
    new_phone = forms.CharField(label="他的手机号", max_length=40, required=False, help_text="登录验证码发到这个号码")
    scopes = forms.MultipleChoiceField(
        label="能办什么", choices=[(scope.value, words) for scope, words in SCOPE_HELP.items()],
        widget=forms.CheckboxSelectMultiple, help_text="一项一项问本人，只勾他同意的",
        error_messages={"required": "请至少勾一项。"},
    )  # fmt: skip
    starts_on = forms.DateField(label="从哪天起", widget=DAY_FIELD)
    last_day = forms.DateField(label="到哪天为止", widget=DAY_FIELD, help_text="最后一天，到期自动停止")
    method = forms.ChoiceField(
        label="怎样同意的", choices=GrantMethod.choices, widget=forms.RadioSelect,
        help_text="签字的：保存后打印授权书，签好收回才生效。口头、监护人的：填下面几格，保存就生效。",
    )  # fmt: skip
    agreed_on = forms.DateField(label="口头同意或监护人办理的日子", widget=DAY_FIELD, required=False)
    heard_by = HandlerField(User.objects.none(), label="口头同意：谁听的", required=False, empty_label="（请选）")
    how = forms.ChoiceField(label="口头同意：怎样说的", choices=[("", "（请选）"), *SpokenHow.choices], required=False)
    words = forms.CharField(
        label="口头同意：老同志的原话", max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text="例如 让我大女儿替我报名，看病的事不用她管",
    )  # fmt: skip
    guardian_as = forms.ChoiceField(
        label="监护人办理：监护关系", choices=[("", "（请选）"), *GuardianAs.choices], required=False
    )
    document = forms.CharField(
        label="监护人办理：凭什么证明",
        max_length=120,
        required=False,
        help_text="文书名称和编号，例如 判决书（2026）云0102民特3号",
    )
    proof = forms.FileField(
        label="监护证明的扫描件", required=False, widget=forms.ClearableFileInput(attrs=SCAN),
        help_text="jpg、png、pdf，不超过 10 MB",
    )  # fmt: skip

    def __init__(self, *args, person_id: int, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        on_record = Relative.objects.filter(person_id=person_id, voided_at__isnull=True, is_living=True)
        self.fields["relative"].queryset = on_record
        self.fields["new_relation"].choices = [("", "（请选）"), *choices_of("relation")]
        self.fields["heard_by"].queryset = (
            colleagues_of(user, ADD).select_related("unit").order_by("display_name", "pk")
        )

    @staticmethod
    def first_values(user: User, today: dt.date) -> dict:
        rules = rule_values(FamilyRules.rule_key, on=today)
        return {
            "starts_on": today, "last_day": latest_end(today, rules) - DAY, "agreed_on": today, "heard_by": user.pk,
        }  # fmt: skip

    def clean(self):
        values = super().clean()
        typed = [values.get(name) for name in ("new_name", "new_relation", "new_phone")]
        if values.get("relative") and any(typed):
            self.add_error("relative", "已经选了登记的联系人，就不用再填后面的姓名、关系和电话。")
        elif not values.get("relative") and not all(typed):
            self.add_error("relative", "请选一位登记的联系人，或者把姓名、关系、手机号三格都填上。")
        return values


class SignedForm(PortalForm):
    signed_on = forms.DateField(label="本人哪天签的字", widget=DAY_FIELD)
    scan = forms.FileField(
        label="签好的授权书（扫描件或照片）", required=False, help_text="jpg、png、pdf，不超过 10 MB",
        widget=forms.ClearableFileInput(attrs=SCAN),
    )  # fmt: skip
    checked = forms.BooleanField(label="已看过：是本人签字，勾的项目和登记的一样")


class RenewForm(PortalForm):
    called_on = forms.DateField(label="哪天打的电话", widget=DAY_FIELD)
    words = forms.CharField(
        label="电话里是怎么说的", max_length=200, widget=forms.Textarea({"rows": 2}),
        help_text="要老同志本人（或监护人）说同意，家属说的不算",
    )  # fmt: skip
    last_day = forms.DateField(label="续到哪天为止", widget=DAY_FIELD)


class EndForm(PortalForm):
    note = forms.CharField(label="为什么停止", max_length=200, required=False, widget=forms.Textarea({"rows": 2}))


def renewal_values(grant: ProxyGrant) -> dict:
    today = timezone.localdate()
    rules = rule_values(FamilyRules.rule_key, on=today)
    return {"called_on": today, "last_day": latest_end(today, rules) - DAY}
