"""Persons: names, keys, birth, birthdays, phones, how to reach them, households, consent.

Nothing here says what somebody is to the bureau: that is `registry.Cadre` and, later, students and volunteers.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.accounts.models import DateRange
from apps.common import history
from apps.common.fields import EncryptedTextField, PartialDateField
from apps.common.models import Record, Versioned
from apps.organisation.models import Community, Division
from apps.people.choices import AwayKind, Calendar, ConsentPurpose, LeapPolicy, LifeStatus, PhoneKind, ReachBy, Sex


class Household(Record):
    """People of one home: a visit to it serves each of them. Stays when one dies: the dead's family."""

    name = models.CharField("称呼", max_length=60, help_text="例如 李德厚、王秀兰家")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "家庭"
        verbose_name_plural = "家庭"

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet):
    def living(self):
        return self.filter(life_status=LifeStatus.LIVING, voided_at__isnull=True)


@history.track(
    exclude=(
        "citizen_id", "citizen_id_index", "citizen_id_last4", "residence", "registered_address", "search_grams",
        "name_pinyin", "name_initials", "name_sort_key", "name_stroke_key",
    )
)  # fmt: skip
class Person(Record):
    """A person. `birth_date` is the date of the personnel file and may lawfully differ from the citizen id's; the
    celebrated birthday is what the person wishes, in either calendar (domain 2.1, 3.5)."""

    name = models.CharField("姓名", max_length=100)
    former_name = models.CharField("曾用名", max_length=100, blank=True, db_default="")
    name_pinyin = models.TextField("拼音", blank=True, db_default="", help_text="可改，例如 shàn 姓")
    name_initials = models.TextField("拼音首字母", blank=True, db_default="")
    name_sort_key = models.TextField("拼音排序", blank=True, db_default="", editable=False)
    name_stroke_key = models.TextField("笔画排序", blank=True, db_default="", editable=False)
    search_grams = ArrayField(models.TextField(), default=list, editable=False)

    citizen_id = EncryptedTextField("身份证号")
    citizen_id_index = models.BinaryField(null=True, editable=False)
    citizen_id_last4 = models.BinaryField(null=True, editable=False)
    citizen_id_historic = models.BooleanField("15 位旧号", db_default=False)

    sex = models.CharField("性别", max_length=1, choices=Sex, default=Sex.UNKNOWN)
    birth_date = PartialDateField("出生日期（档案认定）", null=True, blank=True)
    birth_note = models.CharField("出生日期说明", max_length=200, blank=True, db_default="")
    birthday_calendar = models.CharField("过生日按", max_length=5, choices=Calendar, null=True, blank=True)
    birthday_month = models.PositiveSmallIntegerField("生日月", null=True, blank=True)
    birthday_day = models.PositiveSmallIntegerField("生日日", null=True, blank=True)
    birthday_leap = models.BooleanField("闰月出生", db_default=False)
    birthday_leap_policy = models.CharField(
        "有闰月的年份", max_length=6, choices=LeapPolicy, default=LeapPolicy.NORMAL, db_default="normal"
    )
    birthday_greeting = models.BooleanField("生日问候", default=True, db_default=True)

    ethnicity = models.CharField("民族", max_length=2, blank=True, db_default="")
    native_place = models.CharField("籍贯", max_length=60, blank=True, db_default="")
    political_status = models.CharField("政治面貌", max_length=2, blank=True, db_default="")

    residence = EncryptedTextField("现居住地址")
    residence_division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现居住地"
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="residents", verbose_name="社区"
    )
    registered_address = EncryptedTextField("户籍地址")
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="members", verbose_name="家庭"
    )

    reach_by = models.CharField("怎样联系", max_length=8, choices=ReachBy, default=ReachBy.MOBILE, db_default="mobile")
    reach_note = models.CharField("联系说明", max_length=120, blank=True, db_default="", help_text="例如 先发短信再打")
    reach_through = models.CharField(
        "请谁转告", max_length=60, blank=True, db_default="", help_text="例如 女儿、对门赵阿姨"
    )
    reach_answers = models.CharField("一般谁接", max_length=40, blank=True, db_default="", help_text="例如 老伴")
    reach_hours = models.CharField("什么时候方便", max_length=40, blank=True, db_default="", help_text="例如 上午9点后")
    hard_of_hearing = models.BooleanField("听力不好", db_default=False, default=False)
    poor_sight = models.BooleanField("视力不好", db_default=False, default=False)
    dialect = models.CharField("方言", max_length=30, blank=True, db_default="")

    life_status = models.CharField(
        "存亡状态", max_length=8, choices=LifeStatus, default=LifeStatus.LIVING, db_default="living"
    )
    died_on = PartialDateField("离世时间", null=True, blank=True)
    # Of a dead person: the first day on which greetings go to his household again (rule book 8.60).
    mourned_until = models.DateField("家中不发问候到何日（不含）", null=True, blank=True, editable=False)
    photo = models.ForeignKey(
        "common.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )

    objects = PersonQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "人员"
        verbose_name_plural = "人员"
        constraints = [
            models.UniqueConstraint(
                fields=["citizen_id_index"],
                condition=Q(voided_at__isnull=True),
                name="person_citizen_id_unique",
                violation_error_message="这个身份证号已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(birthday_calendar__isnull=True, birthday_month__isnull=True, birthday_day__isnull=True)
                | Q(
                    birthday_calendar__isnull=False,
                    birthday_month__range=(1, 12),
                    birthday_day__range=(1, 31),
                ),
                name="person_birthday_whole",
                violation_error_message="生日的历法、月、日要么都填，要么都空着。",
            ),
        ]
        indexes = [
            GinIndex(fields=["search_grams"], name="person_grams", fastupdate=False),
            models.Index(fields=["name"], name="person_name", opclasses=["text_pattern_ops"]),
            models.Index(fields=["name_pinyin"], name="person_pinyin", opclasses=["text_pattern_ops"]),
            models.Index(fields=["name_initials"], name="person_initials", opclasses=["text_pattern_ops"]),
            models.Index(fields=["name_sort_key", "id"], name="person_sort"),
            models.Index(fields=["name_stroke_key", "id"], name="person_strokes"),
            models.Index(fields=["citizen_id_last4"], name="person_last4"),
            models.Index(
                fields=["birthday_calendar", "birthday_month", "birthday_day", "birthday_leap"],
                name="person_birthday",
                condition=Q(life_status="living", voided_at__isnull=True),
            ),
            models.Index(fields=["birth_date"], name="person_birth"),
            models.Index(
                fields=["household", "mourned_until"],
                name="person_mourned",
                condition=Q(mourned_until__isnull=False) | Q(life_status="reported"),
            ),
            models.Index(
                fields=["id"],
                name="person_without_number",
                condition=Q(citizen_id_index__isnull=True, voided_at__isnull=True),
            ),
            # Who changed since the last planning; BRIN keeps updates of other columns cheap (HOT).
            BrinIndex(fields=["updated_at"], name="person_updated", pages_per_range=16, autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.name


class Phone(Versioned):
    """A number by which a person is reached; the first in `position` is tried first. Several people may share one."""

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="phones", verbose_name="人员")
    kind = models.CharField("类型", max_length=8, choices=PhoneKind)
    number = EncryptedTextField("号码")
    number_index = models.BinaryField(editable=False)
    last4_index = models.BinaryField(editable=False)
    whose = models.CharField("谁接", max_length=40, blank=True, db_default="", help_text="例如 本人、大女儿")
    position = models.PositiveSmallIntegerField("顺序", default=0, db_default=0)

    class Meta(Versioned.Meta):
        verbose_name = "电话"
        verbose_name_plural = "电话"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "number_index"],
                name="phone_once",
                violation_error_message="这个号码已经登记在他名下。",
            )
        ]
        indexes = [
            models.Index(fields=["number_index"], name="phone_number"),
            models.Index(fields=["last4_index"], name="phone_last4"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Relative(Record):
    """A contact person (联系人): family, neighbour, nurse. `relation` is GB/T 4761."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="relatives", verbose_name="老同志")
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("关系", max_length=4, default="97")
    relation_note = models.CharField("关系说明", max_length=30, blank=True, db_default="", help_text="例如 邻居赵阿姨")
    phone = EncryptedTextField("电话")
    phone_index = models.BinaryField(null=True, editable=False)
    is_emergency = models.BooleanField("紧急联系人", default=False)
    is_proxy = models.BooleanField("代办人", default=False)
    is_living = models.BooleanField("在世", default=True)
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "联系人"
        verbose_name_plural = "联系人"
        ordering = ["-is_emergency", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_emergency=True, voided_at__isnull=True),
                name="relative_one_emergency",
                violation_error_message="紧急联系人只能有一位。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AwayQuerySet(models.QuerySet):
    def on(self, day):
        """Away on a day: starts inclusive, ends exclusive, open when he has not come back."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gt=day),
            voided_at__isnull=True,
        )


class Whereabouts(Record):
    """A period that somebody spends away from home, and where he is reached then. Half-open; no two overlap.

    An unknown start is open to the past. `Cadre.lives_away` and `resettled` follow the periods of today.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="whereabouts", verbose_name="老同志")
    kind = models.CharField("情况", max_length=10, choices=AwayKind)
    starts_on = models.DateField("自何日起", null=True, blank=True)
    ends_on = models.DateField("到何日（不含）", null=True, blank=True, help_text="还没回来就空着")
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="在哪里（区划）"
    )
    place = EncryptedTextField("详细地址")
    phone = EncryptedTextField("那里的电话")
    host_unit = models.CharField("接收单位", max_length=100, blank=True, db_default="", help_text="易地安置才填")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")
    # Whether `Cadre.lives_away` or `resettled` stand as they do because of this period (ledgers.services.whereabouts).
    in_force = models.BooleanField("已生效", db_default=False, default=False, editable=False)

    objects = AwayQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "外出和异地居住"
        verbose_name_plural = "外出和异地居住"
        ordering = ["person_id", "-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="whereabouts_order",
                violation_error_message="回来的日期要晚于离开的日期。",
            ),
            ExclusionConstraint(
                name="whereabouts_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message="这段时间已经登记过外出或异地居住。",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="whereabouts_person", condition=Q(voided_at__isnull=True)),
            BrinIndex(fields=["updated_at"], name="whereabouts_updated", pages_per_range=16, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on or ''}–{self.ends_on or ''}"

    def covers(self, day) -> bool:
        """Whether he is away on a day, as `AwayQuerySet.on` asks it."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on > day)


class Consent(models.Model):
    """A consent as given and withdrawn; the wording's version is kept. Withdrawal stops the use at once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", verbose_name="人员")
    purpose = models.CharField("用途", max_length=10, choices=ConsentPurpose)
    wording = models.CharField("告知书版本", max_length=20)
    given_at = models.DateTimeField("同意时间", db_default=Now())
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "同意记录"
        verbose_name_plural = "同意记录"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


class PersonAccount(Versioned):
    """Who acts for whom when signed in: the person himself, or a proxy as long as his grant holds (`ProxyGrant`)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="persons", verbose_name="账号")
    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts", verbose_name="人员")
    is_proxy = models.BooleanField("家属代办", default=False)
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    # The life event (of a room above) that closed it: undone, it is open again.
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta(Versioned.Meta):
        verbose_name = "人员账号"
        verbose_name_plural = "人员账号"
        constraints = [models.UniqueConstraint(fields=["user", "person"], name="personaccount_once")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.person_id}"
