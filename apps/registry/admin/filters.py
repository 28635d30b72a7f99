"""List filters that staff use; each narrows by the cadre's own columns or by a set of keys."""

import datetime

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from apps.common.admin_lists import PickFilter
from apps.common.partial_date import PartialDate
from apps.organisation.queries import subtree_ids
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.choices import EMPTY_NEST, VETERAN_TYPES, Living, RetireType
from apps.registry.holds import HELD, HOLD_WORDS, NOT_HELD
from apps.registry.models import Cadre, Health
from apps.registry.orders import DEFAULT, ORDERS, Order, order_of

HEALTH = "registry.view_health"
NUMBER_LACKING = "待补证号"
SEVERE = 3


class ChoiceFilter(admin.SimpleListFilter):
    """A filter over a fixed table of value → (words, condition)."""

    table: dict[str, tuple[str, Q]] = {}

    def lookups(self, request, model_admin):
        return [(value, words) for value, (words, _) in self.table.items()]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(self.table[self.value()][1]) if self.value() in self.table else queryset.none()


class StatusFilter(ChoiceFilter):
    """Which people at all: without a choice those in the registry and not dead."""

    title = "状态"
    parameter_name = "status"
    table = {
        "reported": ("离世待核实", Q(voided_at__isnull=True, person__life_status=LifeStatus.DEATH_REPORTED)),
        "lost": ("失去联系", Q(voided_at__isnull=True, person__life_status=LifeStatus.LOST)),
        "deceased": ("已离世", Q(voided_at__isnull=True, person__life_status=LifeStatus.DECEASED)),
        "voided": ("已作废", Q(voided_at__isnull=False)),
    }

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.filter(voided_at__isnull=True).exclude(person__life_status=LifeStatus.DECEASED)
        return super().queryset(request, queryset)

    def choices(self, changelist):
        everybody, *others = super().choices(changelist)
        yield {**everybody, "display": "在册"}
        yield from others


class CategoryFilter(ChoiceFilter):
    title = "类别"
    parameter_name = "category"
    table = {
        "veteran": ("离休", Q(retire_type__in=VETERAN_TYPES)),
        "retired": ("退休", ~Q(retire_type__in=VETERAN_TYPES)),
        "old_worker": ("老工人", Q(retire_type=RetireType.OLD_WORKER)),
    }


class LivingFilter(ChoiceFilter):
    title = "居住"
    parameter_name = "living"
    table = {
        "alone": ("独居", Q(living=Living.ALONE)),
        "empty_nest": ("空巢（含独居）", Q(living__in=EMPTY_NEST)),
        "care_home": ("养老机构", Q(living=Living.CARE_HOME)),
        "hospital": ("长期住院", Q(living=Living.HOSPITAL)),
        "unknown": ("未填", Q(living="")),
    }


class HoldFilter(ChoiceFilter):
    title = "公开活动"
    parameter_name = "hold"
    table = {"held": (HOLD_WORDS, HELD), "free": ("不须请示", NOT_HELD)}


class RankFilter(ChoiceFilter):
    """What a clerk still has to find out."""

    title = "待补全"
    parameter_name = "unmapped"
    table = {
        "rank": ("职级待认定", Q(rank_unmapped=True)),
        "number": (
            NUMBER_LACKING,
            Q(pk__in=Person.objects.filter(citizen_id_index__isnull=True, voided_at__isnull=True).values("pk")),
        ),
    }


def _years_before(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


class AgeFilter(admin.SimpleListFilter):
    """Full years today by the file's birth date; a date known to the month counts from its first day."""

    title = "年龄"
    parameter_name = "age"
    bands = {"-59": (0, 60), "60-69": (60, 70), "70-79": (70, 80), "80-89": (80, 90), "90-": (90, 200)}
    words = {"-59": "60 岁以下", "60-69": "60–69 岁", "70-79": "70–79 岁", "80-89": "80–89 岁", "90-": "90 岁以上"}

    def lookups(self, request, model_admin):
        return [*self.words.items(), ("unknown", "出生日期未填")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == "unknown":
            return queryset.filter(person__birth_date__isnull=True)
        if self.value() not in self.bands:
            return queryset.none()
        low, high = self.bands[self.value()]
        today = timezone.localdate()
        return queryset.filter(
            person__birth_date__lte=PartialDate.of(_years_before(today, low)),
            person__birth_date__gt=PartialDate.of(_years_before(today, high)),
        )


class HealthFilter(admin.SimpleListFilter):
    """Only for those who may see health, and only over people for whom they may."""

    title = "健康"
    parameter_name = "health"
    table = {
        "hospital": ("正在住院", Q(in_hospital_since__isnull=False)),
        "ill": ("患重病", Q(seriously_ill=True)),
        "frequent": ("高发病", Q(frequent_illness=True)),
        "disabled": ("失能（轻度以上）", Q(ability__gte=1)),
        "severe": ("重度以上失能", Q(ability__gte=SEVERE)),
    }

    def lookups(self, request, model_admin):
        return [(value, words) for value, (words, _) in self.table.items()]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in self.table or not request.user.has_perm(HEALTH):
            return queryset.none()
        ill = Health.objects.filter(self.table[self.value()][1], voided_at__isnull=True)
        open_to_me = Cadre.objects.visible_to(request.user, HEALTH)
        return queryset.filter(pk__in=ill.values("cadre_id")).filter(pk__in=open_to_me.values("pk"))


class UnitFilter(PickFilter):
    """The managing unit and everything below it."""

    title = "管理单位（含下级）"
    parameter_name = "unit"
    field_name = "managing_unit"
    field_model = Cadre

    def narrow(self, queryset, chosen):
        return queryset.filter(managing_unit_id__in=sorted(subtree_ids([chosen])))


class OrderFilter(admin.SimpleListFilter):
    """Which named order the list stands in (`registry.orders`). The heading says which one it is."""

    title = "排列"
    parameter_name = "order"

    def lookups(self, request, model_admin):
        return [(key, order.words) for key, order in ORDERS.items() if order is not DEFAULT]

    def queryset(self, request, queryset):
        return queryset

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": DEFAULT.words}
        yield from others

    @classmethod
    def chosen(cls, request) -> Order:
        return order_of(request.GET.get(cls.parameter_name))
