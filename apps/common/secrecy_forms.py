"""Every form looks for marks of state secrets in its free texts and files before anything is written."""

from django import forms
from django.db.models import Model

from . import audit
from .client_address import is_sending, user_of_request
from .secrecy import Mark, find_marks, sentence_for
from .secrecy_files import MOST, NOT_READ, marks_of_file
from .secrecy_words import current_words

REASON = "not_a_secrecy_mark"
LABEL = "不是密级标志的理由"


class SecrecyMixin:
    """Checks all texts and files of a form that was sent in.

    A certain mark is refused with a sentence at its field. A mere word is a question: a field for the reason appears,
    and with a reason the form passes; the reason, the field and the user go on record. What was refused is on record
    too, without its text. Forms that keep the words themselves say `takes_marks = True`; those whose files an import
    looks through cell by cell say `contents_elsewhere = True`, so that here only the names count.
    """

    takes_marks = False
    contents_elsewhere = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.FileField) and ".pdf" in field.widget.attrs.get("accept", ""):
                field.help_text = f"{field.help_text}。{NOT_READ}" if field.help_text else NOT_READ

    def _clean_form(self):
        super()._clean_form()
        if self.takes_marks or not is_sending():
            return
        found = {name: marks for name in list(self.fields) if (marks := self._marks_of(name))}
        certain = {name for name, marks in found.items() if any(mark.certain for mark in marks)}
        explained = self.data.get(self.add_prefix(REASON), "").strip()[:200] if found else ""
        if explained and find_marks(explained, current_words()):
            explained = ""
        asked = set(found) - certain
        if asked:
            self.fields[REASON] = forms.CharField(
                label=LABEL,
                max_length=200,
                required=False,
                help_text="例如：说的是商业秘密",
                widget=forms.TextInput(attrs={"class": "vTextField"}),
            )
        for name in sorted(certain | (set() if explained else asked)):
            self.add_error(name, forms.ValidationError(sentence_for(found[name]), code="secrecy"))
        self._keep_on_record(certain, asked, explained)

    def _marks_of(self, name: str) -> tuple[Mark, ...]:
        field, value = self.fields[name], self.cleaned_data.get(name)
        if not value:
            return ()
        if isinstance(field, forms.FileField):
            return tuple(mark for upload in _uploads(value) for mark in self._marks_of_upload(upload))
        if not isinstance(field, forms.CharField) or isinstance(field.widget, forms.PasswordInput | forms.HiddenInput):
            return ()
        text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        return find_marks(text, current_words()) if not text.isascii() else ()

    def _marks_of_upload(self, upload) -> tuple[Mark, ...]:
        content = b"" if self.contents_elsewhere else upload.read(4 * MOST)
        upload.seek(0)
        return marks_of_file(upload.name or "", content, current_words())

    def _keep_on_record(self, certain: set[str], asked: set[str], explained: str) -> None:
        instance = getattr(self, "instance", None)
        target = f"{instance._meta.label_lower}:{instance.pk or ''}" if isinstance(instance, Model) else ""
        what = {"actor": user_of_request(), "target": target}
        if certain or (asked and not explained):
            audit.record("secrecy.refused", fields=sorted(certain | asked), **what)
        elif asked:
            audit.record("secrecy.explained", fields=sorted(asked), reason=explained, **what)


def _uploads(value) -> list:
    return [item for item in (value if isinstance(value, list | tuple) else [value]) if hasattr(item, "read")]
