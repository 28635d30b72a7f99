"""A file for a record: a poster, a scan."""

from django import forms

from apps.common.forms import PortalForm
from apps.common.scans import ACCEPT, HELP
from apps.university.choices.teachers import TeacherPaperKind


class FileForm(PortalForm):
    file = forms.FileField(label="文件", required=False, help_text=HELP, widget=forms.FileInput({"accept": ACCEPT}))


class PaperForm(PortalForm):
    kind = forms.ChoiceField(label="材料", choices=TeacherPaperKind.choices)
    file = forms.FileField(label="文件", help_text=HELP, widget=forms.FileInput({"accept": ACCEPT}))
