"""Forms of membership and posts: what is typed; the services decide."""

from django import forms

from apps.accounts.models import User
from apps.branches.models import Membership, Organisation, Post
from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class JoinForm(RecordForm):
    """A person joins an organisation; a formal link elsewhere is closed on that day."""

    class Meta:
        model = Membership
        fields = ["person", "organisation", "group", "link", "starts_on", "reason_in"]
        widgets = {"starts_on": DAY}
        help_texts = {"link": "转入正式组织关系时，原来的正式组织关系在同一天结束"}

    def _get_validation_exclusions(self):
        """The service closes the former link first and then checks."""
        return super()._get_validation_exclusions() | {"person", "organisation"}


class AppointForm(RecordForm):
    """A committee post. The account is named, not picked: whoever appoints need not see the list of accounts."""

    account = forms.CharField(
        label="登录账号（用户名）", required=False, max_length=40, help_text="他在任时用这个账号办支部的事；没有就空着"
    )

    class Meta:
        model = Post
        fields = ["person", "organisation", "kind", "how", "document_no", "starts_on"]
        widgets = {"starts_on": DAY}

    def clean_account(self) -> User | None:
        name = self.cleaned_data["account"].strip()
        if not name:
            return None
        user = User.objects.filter(username__iexact=name, is_active=True).first()
        if user is None:
            raise forms.ValidationError("没有这个账号，或者账号已停用。")
        return user


class FoundForm(RecordForm):
    """A new organisation and the one above it."""

    parent_organisation = forms.ModelChoiceField(Organisation.objects.all(), label="上级党组织", required=False)


class EndForm(PortalForm):
    """The day something ends, and why."""

    on = forms.DateField(label="自何日起不再是", widget=DAY)
    reason = forms.CharField(label="原因", max_length=60)
