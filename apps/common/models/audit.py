"""Who looked at, changed or took out what. Rows are only ever inserted; a sealer chains them afterwards."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from apps.common.choices import Source

# The suite empties tables between tests; only a database named test_… lets TRUNCATE pass.
ROWS_STAND = pgtrigger.Trigger(
    name="rows_stand",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="RAISE EXCEPTION 'audit rows are never changed';",
)
TABLE_STANDS = pgtrigger.Trigger(
    name="table_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="IF current_database() LIKE 'test\\_%' THEN RETURN NULL; END IF; "
    "RAISE EXCEPTION 'audit rows are never removed';",
)


class CurrentTransaction(models.Func):
    """The 64-bit id of the writing transaction, never wrapped."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class CurrentCluster(models.Func):
    """Which database cluster counts the transaction. A dump restored elsewhere counts anew, so ids come again."""

    template = "((pg_control_system()).system_identifier)"
    output_field = models.BigIntegerField()


class AuditEntry(models.Model):
    """One sensitive act. Bare ids, no foreign keys: the entry outlives accounts and people (design 3)."""

    at = models.DateTimeField("时间", db_default=Now(), editable=False)
    xid = models.BigIntegerField("事务", db_default=CurrentTransaction(), editable=False)
    cluster = models.BigIntegerField("数据库实例", db_default=CurrentCluster(), editable=False)
    actor_id = models.BigIntegerField("操作人", null=True)
    on_behalf_of = models.BigIntegerField("代谁办理", null=True)
    action = models.CharField("动作", max_length=40)
    fields = ArrayField(models.CharField(max_length=60), verbose_name="涉及字段", default=list)
    reason = models.CharField("理由", max_length=200, blank=True, db_default="")
    address = models.CharField("来源地址", max_length=45, blank=True, db_default="")
    source = models.CharField("信息来源", max_length=10, choices=Source, blank=True, db_default="")
    target = models.CharField("对象", max_length=120, blank=True, db_default="")
    subject_count = models.PositiveIntegerField("涉及人数", db_default=0)

    class Meta:
        verbose_name = "操作记录"
        verbose_name_plural = "操作记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["actor_id", "-at"], name="auditentry_actor_at"),
            models.Index(fields=["cluster", "xid", "id"], name="auditentry_xid"),
            models.Index(fields=["-at"], name="auditentry_at"),
            models.Index(fields=["action", "-id"], name="auditentry_action"),
        ]
        triggers = [ROWS_STAND, TABLE_STANDS]

    def __str__(self) -> str:
        return f"{self.action} #{self.pk}"


class AuditSubject(models.Model):
    """A person an entry is about: answers “who looked at him in 90 days”."""

    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="subjects", verbose_name="操作记录")
    person_id = models.BigIntegerField("人员")
    at = models.DateTimeField("时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "操作涉及人员"
        verbose_name_plural = "操作涉及人员"
        indexes = [models.Index(fields=["person_id", "-at"], name="auditsubject_person_at")]
        triggers = [ROWS_STAND, TABLE_STANDS]

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.person_id}"


class AuditSeal(models.Model):
    """A link of the chain: the digest of the entries of transactions [from_xid, until_xid) of one cluster, and of the
    seal before."""

    sealed_at = models.DateTimeField("封存时间", db_default=Now(), editable=False)
    cluster = models.BigIntegerField("数据库实例", db_default=CurrentCluster(), editable=False)
    from_xid = models.BigIntegerField("起（含）")
    until_xid = models.BigIntegerField("止（不含）")
    entry_count = models.PositiveIntegerField("条数")
    digest = models.BinaryField("摘要")
    previous = models.OneToOneField("self", models.PROTECT, null=True, verbose_name="上一封")

    class Meta:
        verbose_name = "操作记录封存"
        verbose_name_plural = "操作记录封存"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["cluster", "until_xid"], name="auditseal_once")]
        triggers = [ROWS_STAND, TABLE_STANDS]

    def __str__(self) -> str:
        return f"{self.from_xid}–{self.until_xid}"
