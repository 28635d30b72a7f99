"""What the auditor asks for."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.crypto import blind_index
from apps.common.forms import PortalForm
from apps.people.models import Person

LONGEST = 1100


class LooksForm(PortalForm):
    """Whose file, and how far back. A citizen id is compared by its keyed digest; nothing of the person is shown."""

    who = forms.CharField(
        label="老同志的人员编号或身份证号", max_length=20, help_text="编号在他的个人页面上；身份证号要写全 18 位"
    )
    days = forms.IntegerField(label="最近几天", min_value=1, max_value=LONGEST, initial=90)
    submit_label = "查询"

    def clean_who(self) -> int:
        text = self.cleaned_data["who"].strip()
        if len(text) < 15:
            if not text.isdecimal() or not Person.objects.filter(pk=int(text)).exists():
                raise ValidationError("没有这个编号。")
            return int(text)
        try:
            number = parse_citizen_id(text, on=timezone.localdate()).number
        except CitizenIdError as error:
            raise ValidationError(error.sentence) from error
        found = Person.objects.filter(citizen_id_index=blind_index("citizen_id", number), voided_at__isnull=True)
        person = found.values_list("pk", flat=True).first()
        if person is None:
            raise ValidationError("没有登记这个身份证号。")
        return person

    def since(self) -> datetime.datetime:
        return timezone.now() - datetime.timedelta(days=self.cleaned_data["days"])
