"""Forms of duplicate people."""

from django import forms

from apps.common.forms import PortalForm

LOW, HIGH = "low", "high"


class ReasonOnly(PortalForm):
    reason = forms.CharField(label="原因", max_length=200)


class MergeForm(PortalForm):
    """Which entry stays, and for each fact that differs whose value; `facts` are those shown."""

    stays = forms.ChoiceField(
        label="保留哪一份登记", choices=[(LOW, "左边一份"), (HIGH, "右边一份")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="怎样知道是同一个人", max_length=200, help_text="例如 打电话问过本人，两份是先后两次录入的"
    )

    def __init__(self, *args, differing, **kwargs):
        super().__init__(*args, **kwargs)
        self.differing = list(differing)
        for fact in self.differing:
            self.fields[fact.key] = forms.ChoiceField(
                label=fact.label, choices=[(LOW, "取左边"), (HIGH, "取右边")], widget=forms.RadioSelect
            )

    def chosen(self) -> list[str]:
        """Facts taken from the entry that does not stay."""
        stays = self.cleaned_data["stays"]
        return [fact.key for fact in self.differing if self.cleaned_data[fact.key] != stays]
