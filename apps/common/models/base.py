"""What every editable record has."""

import uuid

import pgtrigger
from django.db import models
from django.db.models.functions import Now

VERSION_TRIGGER = pgtrigger.Trigger(
    name="raise_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.AnyChange(),
    func="NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;",
)


class Versioned(models.Model):
    """`version` and `updated_at` are raised by the database on any changing UPDATE, bulk SQL included."""

    version = models.PositiveIntegerField("版本", db_default=1, editable=False)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("最后修改", db_default=Now(), editable=False)

    class Meta:
        abstract = True
        triggers = [VERSION_TRIGGER]


class Record(Versioned):
    """A versioned record that people may hold an address of, and that is voided rather than deleted."""

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True, db_default="", editable=False)

    class Meta(Versioned.Meta):
        abstract = True
