"""Forms of pairing beside those of one act (forms.contacts)."""

from django import forms

from apps.common.forms import PortalForm
from apps.ledgers.choices.pairing import CardLayout


class CardForm(PortalForm):
    """How contact cards are cut."""

    layout = forms.ChoiceField(
        label="怎样印", choices=CardLayout.choices, initial=CardLayout.EIGHT, widget=forms.RadioSelect
    )
    reason = forms.CharField(label="用途", max_length=180, help_text="例如 发给新结对的老同志；会写进操作记录")
