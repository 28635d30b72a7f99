"""The cadre as the bureau knows him, and his health."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.fields import EncryptedTextField, PartialDateField
from apps.common.models import Record, Versioned
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.choices import Ability, Living, RetireType
from apps.registry.orders import RANK_KEYS
from apps.registry.scopes import CadreQuerySet


@history.track(exclude=("bank_account", "pension", "hold_reason"))
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

    # Behind `registry.view_hold`; what it bars is said in `registry.holds`.
    on_hold = models.BooleanField("公开活动须先请示", db_default=False, default=False)
    hold_reason = EncryptedTextField("须请示的原因")

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
            ("merge_people", "合并重复的人"),
            ("import_roster", "导入名册"),
            ("undo_import", "撤销导入"),
            ("export_cadre", "导出名单"),
            ("view_health", "查看健康情况"),
            ("view_thoughts", "查看思想动态"),
            ("view_bank", "查看银行账号和待遇金额"),
            ("view_hold", "查看须先请示的原因"),
            ("change_hold", "设定和解除须先请示"),
        ]
        indexes = [
            models.Index(fields=["managing_unit", "person"], name="cadre_managing"),
            models.Index(fields=["counting_unit"], name="cadre_counting"),
            models.Index(fields=["retire_type"], name="cadre_retire_type"),
            models.Index(fields=["living"], name="cadre_living"),
            models.Index(fields=["order_no", "person"], name="cadre_order"),
            models.Index(*RANK_KEYS, "person", name="cadre_rank"),
            models.Index(fields=["person"], name="cadre_on_hold", condition=Q(on_hold=True)),
            models.Index(
                fields=["person"],
                name="cadre_rank_unmapped",
                condition=Q(rank_unmapped=True, voided_at__isnull=True),
            ),
            models.Index(fields=["person"], name="cadre_away", condition=Q(resettled=True) | Q(lives_away=True)),
            BrinIndex(fields=["updated_at"], name="cadre_updated", pages_per_range=16, autosummarize=True),
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
            models.Index(fields=["cadre"], name="health_in_hospital", condition=Q(in_hospital_since__isnull=False)),
            BrinIndex(fields=["updated_at"], name="health_updated", pages_per_range=16, autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.cadre.person.name
