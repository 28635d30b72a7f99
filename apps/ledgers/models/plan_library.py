"""办法库: what is usually done for a need of a category, by whom, within how many days; each bureau edits its own."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Record
from apps.ledgers.choices import Section
from apps.organisation.models import Unit

LONGEST_DAYS = 366


@history.track()
class MeasureTemplate(Record):
    """One line of the library. `unit` empty: for everybody; else for that unit and those below it.

    `code` names a shipped line, so that loading again adds none twice and leaves what a bureau changed. `days` from the
    day it is promised. Switched off (`is_active`) it is no longer offered; measures made from it stay as they are.
    """

    code = models.CharField("出厂编号", max_length=20, null=True, blank=True, unique=True, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="哪个单位用",
        help_text="不填就是全市都用",
    )  # fmt: skip
    category = models.CharField("哪方面的需求", max_length=12)
    section = models.CharField("属于", max_length=10, choices=Section, blank=True, db_default="")
    what = models.CharField("做什么", max_length=200)
    provider = models.CharField("由谁来做", max_length=100, blank=True, db_default="")
    days = models.PositiveSmallIntegerField(
        "几天内办好",
        default=30,
        db_default=30,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS, "最多 366 天。")],
    )
    is_active = models.BooleanField("在用", default=True, db_default=True)

    class Meta(Record.Meta):
        verbose_name = "办法库"
        verbose_name_plural = "办法库"
        ordering = ["category", "days", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "category", "what"],
                condition=Q(voided_at__isnull=True),
                nulls_distinct=False,
                name="measuretemplate_once",
                violation_error_message="办法库里已经有同样的一条。",
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=LONGEST_DAYS), name="measuretemplate_days"),
        ]

    def __str__(self) -> str:
        return self.what[:40]
