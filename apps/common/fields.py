"""Model fields of our own value types."""

import typing

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from . import crypto
from .partial_date import PartialDate

PARTIAL_DATE_PATTERN = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"


class PartialDateFormField(forms.CharField):
    """Takes a date as people write it; compares dates, not spellings, to say whether it was changed."""

    def to_python(self, value):
        if value in (None, "") or isinstance(value, PartialDate):
            return value or None
        try:
            return PartialDate.parse(super().to_python(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def run_validators(self, value):
        super().run_validators(str(value) if value else value)

    def prepare_value(self, value):
        return str(value) if isinstance(value, PartialDate) else value


class PartialDateField(models.CharField):
    """Text `YYYY`, `YYYY-MM` or `YYYY-MM-DD` under the C collation, so that order and `<=` on text are order of
    dates: a partial date compares as its first day. Python value: PartialDate or None."""

    _pyi_private_set_type: typing.Any
    _pyi_private_get_type: typing.Any

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)
        self.validators = [RegexValidator(PARTIAL_DATE_PATTERN, "日期写成 1949、1949-09 或 1949-09-30。")]

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value, expression, connection):
        return PartialDate.parse(value) if value else None

    def to_python(self, value):
        if value in (None, "") or isinstance(value, PartialDate):
            return value or None
        try:
            return PartialDate.parse(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value):
        return str(value) if value not in (None, "") else None

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def run_validators(self, value):
        super().run_validators(str(value) if value else value)

    def formfield(self, **kwargs):
        help_text = "只知道年月时写到月，例如 1949-09"
        return super().formfield(**{"help_text": help_text, "form_class": PartialDateFormField, **kwargs})


class _Sealed:
    """Descriptor: reads decrypt on demand, writes wait in clear until the field is saved."""

    def __init__(self, field: "EncryptedTextField"):
        self.field = field

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__[self.field.attname]
        if value is None or isinstance(value, str):
            return value or ""
        return crypto.decrypt(value, self.field.place_of(instance))

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):
    """Text kept as ciphertext, bound to (model, public_id, field). The model must have `public_id` before saving.

    `values()` and bulk SQL see the ciphertext; searching needs a blind index column beside it. An empty text is
    stored as NULL.
    """

    # For mypy: what `_Sealed` gives and takes, not the column's bytes.
    _pyi_private_set_type: str | bytes | None
    _pyi_private_get_type: str

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, self.attname, _Sealed(self))

    def place_of(self, instance) -> bytes:
        return crypto.place(self.model._meta.label_lower, instance.public_id, self.attname)

    def seal(self, public_id: object, text: str) -> bytes | None:
        """Ciphertext for set-based writers."""
        if not text:
            return None
        return crypto.encrypt(text, crypto.place(self.model._meta.label_lower, public_id, self.attname))

    def pre_save(self, model_instance, add):
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, str):
            return crypto.encrypt(value, self.place_of(model_instance)) if value else None
        return value
