"""Whom a visit also served who is not in the registry."""

from django.db import models

from apps.ledgers.choices.campaigns import GuestKind

from .contacts import Contact


class ContactGuest(models.Model):
    """A 军休 cadre or another guest of a visit: name, kind and unit as told, without an entry in the registry."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="guests", verbose_name="走访慰问")
    name = models.CharField("姓名", max_length=60)
    kind = models.CharField("哪种人", max_length=10, choices=GuestKind, default=GuestKind.ARMY)
    unit = models.CharField("单位", max_length=100, blank=True, db_default="")

    class Meta:
        verbose_name = "名册外的看望对象"
        verbose_name_plural = "名册外的看望对象"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["contact", "name"], name="contactguest_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit or self.get_kind_display()}）"
