"""The form of a record: it knows which version the user was looking at, and keeps what he typed."""

from dataclasses import dataclass

from django import forms
from django.db.models import Model

from . import change_log, sources
from .date_limits import DatesMixin
from .errors import BusinessError, StaleVersion
from .secrecy_forms import SecrecyMixin

SEEN = "seen_version"
# Fields of the form alone.
NOT_OF_THE_RECORD = (SEEN, sources.FIELD)
REQUIRED = "这一项要填。"
LIMITS = {
    "min_value": "不能小于%(limit_value)s。", "max_value": "不能大于%(limit_value)s。",
    "max_length": "最多%(limit_value)d个字，现在有%(show_value)d个。",
}  # fmt: skip


def say_required(field: forms.Field) -> None:
    """Our sentences for an empty field and for what is too little or too much, unless the field has its own."""
    if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
        field.error_messages["required"] = REQUIRED
    for code, sentence in LIMITS.items():
        field.error_messages.setdefault(code, sentence)


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed: what it was, what it is now, what this user typed."""

    label: str
    was: str
    now: str
    mine: str


class RecordForm(DatesMixin, SecrecyMixin, forms.ModelForm):
    """ModelForm that carries the version it was opened at.

    When somebody saved meanwhile: what only he changed is taken over, what both changed is listed in `conflicts`
    with both values, what only this user changed stays; saving again then stands. Nothing typed is lost.
    `asks_source`: whether the form asks from whom comes what is typed. `refusal` is set by the admin when the
    service refused: shown at its field, all input kept.
    """

    seen_version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    source_of_change = sources.source_field()
    refusal: BusinessError | None = None
    asks_source = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if not self.asks_source:
            del self.fields[sources.FIELD]
        for field in self.fields.values():
            say_required(field)
        self.conflicts: list[Conflict] = []
        self.taken_over: list[str] = []
        if self.instance.pk is None:
            del self.fields[SEEN]
        else:
            self.initial[SEEN] = self.current_version()

    def parts(self) -> list[Model]:
        """The versioned rows that this form writes."""
        return [self.instance]

    def current_version(self) -> str:
        return ".".join(str(getattr(part, "version", 0)) for part in self.parts())

    def clean(self):
        values = super().clean()
        seen = self.cleaned_data.get(SEEN)
        if SEEN in self.fields and seen != self.current_version():
            self._compare(self._values_at(seen or ""))
            self.data = self.data.copy()
            self.data[self.add_prefix(SEEN)] = self.current_version()
            if self.conflicts or self.taken_over:
                self.add_error(None, StaleVersion().sentence)
        return values

    def _values_at(self, seen: str) -> dict[str, object]:
        """Field values when the form was opened, as far as the history kept them."""
        values: dict[str, object] = {}
        for part, version in zip(self.parts(), seen.split("."), strict=False):
            if version.isdecimal() and len(version) < 10:
                values.update(change_log.values_at(part, int(version)))
        return values

    def _compare(self, opened: dict[str, object]) -> None:
        fresh = self.data.copy()
        for name in [name for name in self.changed_data if name not in NOT_OF_THE_RECORD]:
            bound = self[name]
            typed = bound.field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            known = name in opened
            if known and not bound.field.has_changed(opened[name], typed):
                self._put(fresh, name, bound.initial)
                self.taken_over.append(str(bound.label))
            elif not known or bound.field.has_changed(opened[name], bound.initial):
                was = self._shown(name, opened[name]) if known else "—"
                self.conflicts.append(
                    Conflict(str(bound.label), was, self._shown(name, bound.initial), self._shown(name, typed))
                )
        self.data = fresh

    def _put(self, data, name: str, value) -> None:
        key = self.add_prefix(name)
        widget = self.fields[name].widget
        if isinstance(widget, forms.CheckboxInput):
            data.pop(key, None)
            if value:
                data[key] = "on"
        elif isinstance(widget, forms.SelectMultiple):
            data.setlist(key, [str(item) for item in value or ()])
        else:
            value = self.fields[name].prepare_value(value)
            data[key] = "" if value is None else str(value)

    def _shown(self, name: str, value) -> str:
        field = self.fields[name]
        if isinstance(field.widget, forms.CheckboxInput):
            return "是" if value in (True, "on", "true", "True") else "否"
        if isinstance(field, forms.ModelChoiceField):
            chosen = field.queryset.filter(pk=value).first() if str(value or "").isdecimal() else None
            return str(chosen or "（空）")
        values = value if isinstance(value, list | tuple) else [value]
        names = {str(key): str(label) for key, label in getattr(field, "choices", ())}
        return "、".join(names.get(str(item), str(item)) for item in values if item not in (None, "")) or "（空）"

    def _get_validation_exclusions(self):
        """Constraints that hold for records in use are checked here too, not by the database alone."""
        return super()._get_validation_exclusions() - {"voided_at"}

    def _post_clean(self):
        super()._post_clean()
        if self.refusal is not None:
            field = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(field, self.refusal.sentence)
