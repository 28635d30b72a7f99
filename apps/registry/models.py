"""The registry of retired cadres: what the bureau knows of each, how it came about, and the rosters it came from."""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now, NullIf

from apps.accounts.models import DateRange
from apps.common import history
from apps.common.fields import EncryptedTextField, PartialDateField
from apps.common.models import Attachment, Job, Record, Versioned
from apps.organisation.models import Unit
from apps.people.models import Person

from .choices import Ability, LifeEventKind, LifeEventState, Living, RetireType, SpanKind, StandingKind
from .scopes import CadreQuerySet


@history.track(exclude=("bank_account", "pension"))
class Cadre(Versioned):
    """A retired cadre: an extension of Person, with `person` as its key.

    The current managing unit, counting unit, retirement type, ranks and treatments stand here; `*_since` (inclusive)
    says from when. What they were before are closed spans (UnitSpan, StandingSpan), written only by
    `registry.services.standing`.
    """

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, verbose_name="人员")
    order_no = models.PositiveIntegerField("排序号", null=True, blank=True, help_text="名次：会议、名单里的先后")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)

    retire_type = models.CharField("离退休类型", max_length=12, choices=RetireType)
    retire_type_since = models.DateField("类型自何日起", null=True, blank=True)
    retired_on = PartialDateField("离退休时间", null=True, blank=True)
    work_start = PartialDateField("参加工作时间", null=True, blank=True)
    joined_party_on = PartialDateField("入党时间", null=True, blank=True)
    full_member_on = PartialDateField("转正时间", null=True, blank=True)
    party_age_from = PartialDateField("党龄起算日", null=True, blank=True)

    managing_unit = models.ForeignKey(Unit, models.PROTECT, related_name="managed_cadres", verbose_name="管理单位")
    managing_since = models.DateField("管理单位自何日起", null=True, blank=True)
    counting_unit = models.ForeignKey(Unit, models.PROTECT, related_name="counted_cadres", verbose_name="统计单位")
    counting_since = models.DateField("统计单位自何日起", null=True, blank=True)
    org_area = models.CharField("组织区域", max_length=4, blank=True, db_default="")

    former_post = models.CharField("职务（职级）", max_length=200, blank=True, db_default="", help_text="按原文")
    unit_nature = models.CharField("原单位性质", max_length=12, blank=True, db_default="")
    staff_category = models.CharField("人员类别", max_length=4, blank=True, db_default="")
    leader_rank = models.CharField("领导职务层次", max_length=4, blank=True, db_default="")
    leader_rank_since = models.DateField("层次自何日起", null=True, blank=True)
    grade_rank = models.CharField("职级", max_length=4, blank=True, db_default="")
    grade_rank_since = models.DateField("职级自何日起", null=True, blank=True)
    rank_unmapped = models.BooleanField("职级待认定", db_default=False, default=False)
    treatment = models.CharField("现享受待遇", max_length=4, blank=True, db_default="")
    treatment_since = models.DateField("待遇自何日起", null=True, blank=True)
    treatment_document = models.CharField("待遇批准文号", max_length=80, blank=True, db_default="")
    medical_treatment = models.CharField("医疗待遇", max_length=4, blank=True, db_default="")
    professional_title = models.CharField("职称", max_length=60, blank=True, db_default="")
    education = models.CharField("文化程度", max_length=4, blank=True, db_default="")
    managed_level = models.CharField("干部管理层级", max_length=10, blank=True, db_default="")
    in_beijing = models.BooleanField("在京", db_default=False, default=False)
    resettled = models.BooleanField("易地安置", db_default=False, default=False)
    lives_away = models.BooleanField("异地居住", db_default=False, default=False)

    marital = models.CharField("婚姻状况", max_length=2, blank=True, db_default="")
    living = models.CharField("居住方式", max_length=10, choices=Living, blank=True, db_default="")
    children_count = models.PositiveSmallIntegerField("子女数", null=True, blank=True)
    special_difficulties = ArrayField(
        models.CharField(max_length=10), verbose_name="特殊困难", default=list, db_default=[], blank=True
    )
    wishes = ArrayField(
        models.CharField(max_length=10),
        verbose_name="希望得到的服务",
        default=list,
        db_default=[],
        blank=True,
    )
    interests = models.CharField("兴趣爱好", max_length=200, blank=True, db_default="")
    note = models.CharField("备注", max_length=500, blank=True, db_default="")

    bank_account = EncryptedTextField("银行账号")
    pension = EncryptedTextField("养老金（离休费）")
    # The batch and version that an import left behind: undo touches only rows still there (design 4A).
    imported_batch = models.ForeignKey(
        "registry.ImportBatch",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="最近导入",
    )

    objects = CadreQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "老干部"
        verbose_name_plural = "老干部"
        permissions = [
            ("import_roster", "导入名册"),
            ("undo_import", "撤销导入"),
            ("export_cadre", "导出名单"),
            ("view_health", "查看健康情况"),
            ("view_thoughts", "查看思想动态"),
            ("view_bank", "查看银行账号和待遇金额"),
        ]
        indexes = [
            models.Index(fields=["managing_unit", "person"], name="cadre_managing"),
            models.Index(fields=["counting_unit"], name="cadre_counting"),
            models.Index(fields=["retire_type"], name="cadre_retire_type"),
            models.Index(fields=["living"], name="cadre_living"),
            models.Index(fields=["order_no", "person"], name="cadre_order"),
            models.Index(
                NullIf("leader_rank", Value("")),
                NullIf("grade_rank", Value("")),
                "leader_rank_since",
                "person",
                name="cadre_rank",
            ),
            models.Index(
                fields=["person"],
                name="cadre_rank_unmapped",
                condition=Q(rank_unmapped=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.person.name

    @property
    def public_id(self) -> uuid.UUID:
        """The person's: encrypted fields of both are bound to it."""
        return self.person.public_id


@history.track(exclude=("chronic", "medication"))
class Health(Record):
    """Health of a cadre, behind a right of its own (`registry.view_health`)."""

    cadre = models.OneToOneField(Cadre, models.PROTECT, related_name="health", verbose_name="老干部")
    condition = models.CharField("健康状况", max_length=2, blank=True, db_default="")
    ability = models.PositiveSmallIntegerField("自理能力", choices=Ability, null=True, blank=True)
    ability_scale = models.CharField("评估量表", max_length=40, blank=True, db_default="")
    ability_score = models.PositiveSmallIntegerField("评估得分", null=True, blank=True)
    assessed_on = models.DateField("评估日期", null=True, blank=True)
    seriously_ill = models.BooleanField("患重病", db_default=False, default=False)
    frequent_illness = models.BooleanField("高发病", db_default=False, default=False)
    in_hospital_since = models.DateField("住院自", null=True, blank=True, editable=False)
    hospital = models.CharField("医院", max_length=80, blank=True, db_default="")
    chronic = EncryptedTextField("病史")
    medication = EncryptedTextField("长期用药")
    green_card = models.CharField("绿色通道卡号", max_length=40, blank=True, db_default="")
    green_card_until = models.DateField("绿色通道卡有效期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "健康情况"
        verbose_name_plural = "健康情况"
        indexes = [
            models.Index(fields=["cadre"], name="health_in_hospital", condition=Q(in_hospital_since__isnull=False))
        ]

    def __str__(self) -> str:
        return self.cadre.person.name


class ClosedSpan(models.Model):
    """What stood before: half-open [starts_on, ends_on); an unknown start is open to the past."""

    starts_on = models.DateField("自何日起", null=True, blank=True)
    ends_on = models.DateField("到何日（不含）")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")
    closed_by_event = models.ForeignKey(
        "registry.LifeEvent",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="由哪件事引起",
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        abstract = True


class UnitSpan(ClosedSpan):
    """A past managing or counting unit."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="unit_spans", verbose_name="老干部")
    kind = models.CharField("哪种单位", max_length=8, choices=SpanKind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")

    class Meta:
        verbose_name = "单位变动"
        verbose_name_plural = "单位变动"
        ordering = ["cadre_id", "kind", "-ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lt=F("ends_on")), name="unitspan_order"
            ),
            ExclusionConstraint(
                name="unitspan_no_overlap",
                expressions=[
                    ("cadre", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_on}–{self.ends_on}"


class StandingSpan(ClosedSpan):
    """A past retirement type, rank or treatment, by code."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="standing_spans", verbose_name="老干部")
    kind = models.CharField("哪一项", max_length=12, choices=StandingKind)
    value = models.CharField("内容", max_length=12, blank=True)

    class Meta:
        verbose_name = "职级和待遇变动"
        verbose_name_plural = "职级和待遇变动"
        ordering = ["cadre_id", "kind", "-ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lt=F("ends_on")), name="standingspan_order"
            ),
            ExclusionConstraint(
                name="standingspan_no_overlap",
                expressions=[
                    ("cadre", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value} {self.starts_on}–{self.ends_on}"


class LifeEvent(Record):
    """Something that happened to a person. `reported` waits for a clerk; `confirmed` has taken effect through the
    life socket; undoing reopens exactly the rows that carry it in `closed_by_event`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="life_events", verbose_name="人员")
    kind = models.CharField("情况", max_length=10, choices=LifeEventKind)
    state = models.CharField("状态", max_length=10, choices=LifeEventState, default=LifeEventState.REPORTED)
    happened_on = PartialDateField("发生时间")
    hospital = models.CharField("医院", max_length=80, blank=True, db_default="")
    ward = models.CharField("科室床位", max_length=60, blank=True, db_default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调入单位")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")
    detail = EncryptedTextField("详细情况")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="报告人"
    )
    reported_at = models.DateTimeField("报告时间", db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实人",
    )
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="撤销人",
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    # What the person's and cadre's own columns were before, so that undo puts back exactly that.
    before = models.JSONField("此前的值", default=dict, editable=False)

    class Meta(Record.Meta):
        verbose_name = "人员变动"
        verbose_name_plural = "人员变动"
        ordering = ["-happened_on", "-id"]
        permissions = [("confirm_lifeevent", "核实人员变动")]
        indexes = [
            models.Index(fields=["state", "kind"], name="lifeevent_state"),
            models.Index(fields=["person", "-happened_on"], name="lifeevent_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="died", state="confirmed"),
                name="lifeevent_one_death",
                violation_error_message="这位老同志的离世已经登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"


class ImportBatch(Versioned):
    """A roster file on its way in: staged, previewed, confirmed in one transaction, undoable for 30 days."""

    class State(models.TextChoices):
        RECEIVED = "received", "正在检查"
        REFUSED = "refused", "文件不能用"
        QUESTIONS = "questions", "等待回答"
        PREVIEW = "preview", "等待确认"
        APPLYING = "applying", "正在写入"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    upload = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="原文件")
    staged = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="检查结果")
    before_images = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="导入前的值"
    )
    report = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+", verbose_name="未导入的行")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")
    options = models.JSONField("整批回答", default=dict)
    counts = models.JSONField("计数", default=dict)
    refusal = models.CharField("为什么不能用", max_length=500, blank=True, db_default="")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undo_result = models.JSONField("撤销结果", default=dict)

    class Meta(Versioned.Meta):
        verbose_name = "导入批次"
        verbose_name_plural = "导入名册"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"第 {self.pk} 批"


class RosterColumn(models.Model):
    """What a column of a roster is called, for the bureau to add its own words (see `roster.columns`)."""

    key = models.CharField("栏目", max_length=30, primary_key=True, editable=False)
    label = models.CharField("名称", max_length=40, editable=False)
    aliases = ArrayField(
        models.CharField(max_length=40),
        verbose_name="表头也可写作",
        default=list,
        blank=True,
        help_text="用逗号分隔；不分全角半角、空格和括号",
    )
    position = models.PositiveSmallIntegerField("顺序", default=0, editable=False)

    class Meta:
        verbose_name = "名册栏目"
        verbose_name_plural = "名册栏目和别名"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label


class ImportExtra(models.Model):
    """What a roster says about a person that belongs to rooms above: his branch, who is responsible for him.

    Written with the batch; the room above takes open ones up and leaves its outcome (`services.roster_extras`).
    An outcome that a person must see to stays on the worklist of the room above.
    """

    class Kind(models.TextChoices):
        CARER = "carer", "责任人"
        BRANCH = "branch", "支部"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="extras", verbose_name="导入批次")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="人员")
    kind = models.CharField("栏目", max_length=10, choices=Kind)
    value = models.CharField("内容", max_length=100, blank=True)
    settled_at = models.DateTimeField("办理时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = "随名册来的内容"
        verbose_name_plural = "随名册来的内容"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "person", "kind"], name="importextra_once")]
        indexes = [
            models.Index(fields=["kind", "id"], name="importextra_open", condition=Q(settled_at__isnull=True)),
            models.Index(fields=["person", "kind", "-id"], name="importextra_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class ExportLayout(models.Model):
    """The columns that a user chose for his last export, offered again next time."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号")
    columns = ArrayField(models.CharField(max_length=40), verbose_name="栏目", default=list)

    class Meta:
        verbose_name = "导出栏目"
        verbose_name_plural = "导出栏目"

    def __str__(self) -> str:
        return f"{self.user_id}: {len(self.columns)}"
