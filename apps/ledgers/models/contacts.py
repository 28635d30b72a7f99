"""Visits, calls and letters, and whom they served."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.choices import Source
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.ledgers.choices import By, CallOutcome, ContactKind, EnteredVia, Method
from apps.people.models import Person
from apps.registry.models import Cadre


class ContactQuerySet(models.QuerySet):
    def standing(self):
        """Not voided."""
        return self.filter(voided_at__isnull=True)

    def visible_to(self, user, permission: str = "ledgers.view_contact"):
        """Contacts in which at least one cadre whom the user may see took part."""
        seen = ContactPerson.objects.filter(
            person__in=Cadre.objects.current().visible_to(user, permission).values("pk")
        )
        return self.filter(pk__in=seen.values("contact"))


@history.track(exclude=("body_state", "thoughts"))
class Contact(Record):
    """One visit, call or letter and what came of it. It serves every participant (`ContactPerson`).

    `form_key` names the form that was filled in: sent twice, it is one contact. `body_state` needs
    `registry.view_health`, `thoughts` needs `registry.view_thoughts` to be read.
    """

    form_key = models.UUIDField("表单编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("类型", max_length=12, choices=ContactKind, default=ContactKind.ROUTINE)
    method = models.CharField("方式", max_length=10, choices=Method, default=Method.HOME)
    by = models.CharField("由谁联系", max_length=10, choices=By, default=By.STAFF, db_default="staff")
    outcome = models.CharField("接通情况", max_length=10, choices=CallOutcome, blank=True, db_default="")
    source = models.CharField("信息来源", max_length=10, choices=Source, default=Source.STAFF, db_default="staff")
    happened_on = models.DateField("时间")
    place = models.CharField("地点", max_length=100, blank=True, db_default="")
    campaign = models.CharField("所属慰问", max_length=20, blank=True, db_default="", help_text="例如 2027春节")
    leaders = models.CharField("慰问领导", max_length=200, blank=True, db_default="")
    companions = models.CharField("陪同人员", max_length=200, blank=True, db_default="")
    gifts = models.CharField("慰问品", max_length=300, blank=True, db_default="")
    money = models.DecimalField("慰问金（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    summary = models.CharField("情况", max_length=1000, blank=True, db_default="")
    body_state = EncryptedTextField("身体状态")
    thoughts = EncryptedTextField("思想动态")
    feedback = models.CharField("意见建议", max_length=1000, blank=True, db_default="")
    needs = models.CharField("需办事项", max_length=1000, blank=True, db_default="")
    persons = models.ManyToManyField(
        Person, through="ledgers.ContactPerson", related_name="contacts", verbose_name="看望对象"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="记录人"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代谁记录"
    )
    entered_via = models.CharField(
        "录入途径", max_length=10, choices=EnteredVia, default=EnteredVia.STAFF, db_default="staff", editable=False
    )

    objects = ContactQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "走访慰问"
        verbose_name_plural = "走访慰问"
        ordering = ["-happened_on", "-id"]
        permissions = [("record_contact", "记走访")]
        constraints = [
            models.CheckConstraint(
                condition=Q(money__isnull=True) | Q(money__gte=0),
                name="contact_money",
                violation_error_message="慰问金不能是负数。",
            )
        ]
        indexes = [models.Index(fields=["-happened_on", "-id"], name="contact_happened")]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_kind_display()}"


class ContactPerson(models.Model):
    """Somebody whom a contact served."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="participants", db_index=False, verbose_name="走访慰问"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_links", verbose_name="看望对象")

    class Meta:
        verbose_name = "看望对象"
        verbose_name_plural = "看望对象"
        constraints = [models.UniqueConstraint(fields=["contact", "person"], name="contactperson_once")]

    def __str__(self) -> str:
        return str(self.person_id)
