"""学员作品: what students made, shown to everybody only with their consent, and gone at once when they take it back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Attachment, Record
from apps.university.choices.life import ConsentBy, ShownName

from .classes import ClassGroup
from .scoped import OfUnits
from .students import Student


class WorkQuerySet(OfUnits):
    unit_path = "class_group__school__unit"

    def shown(self):
        """What everybody may see now."""
        return self.filter(consent_on__isnull=False, withdrawn_at__isnull=True, voided_at__isnull=True)


@history.track()
class StudentWork(Record):
    """A picture or a text of one student of one class. Shown from the day of his consent until he withdraws it."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="works", verbose_name="班级")
    student = models.ForeignKey(Student, models.PROTECT, related_name="works", verbose_name="作者")
    title = models.CharField("题目", max_length=60)
    text = models.TextField("文字（诗词、文章）", max_length=2000, blank=True, db_default="")
    photo = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="照片"
    )
    shown_name = models.CharField("怎样写名字", max_length=8, choices=ShownName, default=ShownName.SURNAME)
    consent_by = models.CharField("怎样同意的", max_length=8, choices=ConsentBy)
    consent_on = models.DateField("同意公开的日期", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    withdrawn_at = models.DateTimeField("撤回同意", null=True, blank=True, editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "学员作品"
        verbose_name_plural = "学员作品"
        ordering = ["-consent_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(photo__isnull=False),
                name="studentwork_something",
                violation_error_message="请传照片，或者写上文字。",
            )
        ]
        indexes = [
            models.Index(
                fields=["-consent_on", "-id"],
                name="studentwork_shown",
                condition=Q(consent_on__isnull=False, withdrawn_at__isnull=True, voided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def byline(self) -> str:
        """How the public reads whose it is."""
        name = self.student.person.name
        if self.shown_name == ShownName.FULL:
            return name
        return f"{name[:1]}学员" if self.shown_name == ShownName.SURNAME else "本班学员"
