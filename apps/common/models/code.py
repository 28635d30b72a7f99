from django.contrib.postgres.fields import ArrayField
from django.db import models


class CodeValue(models.Model):
    """A line of a code list (national standard or ours). Never deleted: `disabled_on` (inclusive) ends its choice."""

    code_list = models.CharField("代码表", max_length=40)
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=80)
    aliases = ArrayField(models.CharField(max_length=80), verbose_name="导入时也认作", default=list, blank=True)
    position = models.PositiveIntegerField("顺序", default=0)
    disabled_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "代码"
        verbose_name_plural = "代码表"
        ordering = ["code_list", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["code_list", "code"], name="codevalue_unique")]

    def __str__(self) -> str:
        return self.name
