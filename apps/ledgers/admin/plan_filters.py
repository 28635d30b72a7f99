"""Filters of plans, needs and measures, and of cadres by their plan."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import F, Q
from django.utils import timezone

from apps.common.admin_lists import PickFilter
from apps.common.code_lists import names_of
from apps.ledgers.access import acts_for
from apps.ledgers.choices import Section
from apps.ledgers.models import CareAssignment, Need, ServicePlan
from apps.ledgers.queries.plans import CATEGORIES, needs_standing
from apps.ledgers.rules.needs import CLOSED, DOING, LATE, TO_CALL, UNDECIDED

STATES = (
    (UNDECIDED, "待定办法"),
    ("reply_late", "答复逾期"),
    (DOING, "正在办"),
    (LATE, "办理逾期"),
    (TO_CALL, "办好待回访"),
)


class CadreFilter(PickFilter):
    title = "哪位老同志"
    parameter_name = "cadre"
    field_name = "cadre"


class YearFilter(admin.SimpleListFilter):
    """Without a choice: this year."""

    title = "年度"
    parameter_name = "year"

    def lookups(self, request, model_admin):
        this = timezone.localdate().year
        return [(str(year), f"{year}年") for year in (this + 1, this - 1, this - 2, this - 3)] + [("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        text = self.value() or str(timezone.localdate().year)
        if not (text.isascii() and text.isdecimal() and len(text) == 4):
            return queryset.none()
        return queryset.filter(year=int(text))

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": f"今年（{timezone.localdate().year}年）"}
        yield from others


class PlanStateFilter(admin.SimpleListFilter):
    """By how the needs of the person stand."""

    title = "办理情况"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("open", "有没办结的需求"),
            *STATES,
            ("told_late", "今年答复过期限的"),
            ("none", "没有登记需求"),
            ("void", "已作废"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        plans = queryset.filter(voided_at__isnull=True)
        needs, today = Need.objects.all(), timezone.localdate()
        if self.value() is None:
            return plans
        if self.value() == "open":
            return plans.filter(cadre__in=needs.open().values("cadre"))
        if self.value() == "none":
            return plans.exclude(cadre__in=needs.in_year(today.year).values("cadre"))
        if self.value() == "told_late":
            needs = needs.filter(found_on__year=today.year)
        return plans.filter(cadre__in=needs_standing(needs, self.value(), today).values("cadre"))


class NeedStateFilter(admin.SimpleListFilter):
    """Without a choice: what is open."""

    title = "办理情况"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        more = [("told_late", "答复过了期限的"), (CLOSED, "已办结"), ("all", "全部"), ("void", "已作废")]
        return [*STATES, *more]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        if self.value() == "all":
            return queryset.standing()
        if self.value() is None:
            return queryset.open()
        return needs_standing(queryset, self.value(), timezone.localdate())

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "没办结的"}
        yield from others


class CategoryFilter(admin.SimpleListFilter):
    title = "哪方面"
    parameter_name = "category"

    def lookups(self, request, model_admin):
        return list(names_of(CATEGORIES).items())

    def queryset(self, request, queryset):
        return queryset.filter(category=self.value()) if self.value() else queryset


class SectionFilter(admin.SimpleListFilter):
    title = "哪一部分"
    parameter_name = "section"

    def lookups(self, request, model_admin):
        return Section.choices

    def queryset(self, request, queryset):
        return queryset.filter(section=self.value()) if self.value() else queryset


class MyPeopleFilter(admin.SimpleListFilter):
    title = "谁负责"
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("people", "我负责的老同志"), ("measures", "有我承办的办法")]

    def queryset(self, request, queryset):
        mine = [request.user.pk, *acts_for(request.user)]
        if self.value() == "people":
            return queryset.filter(cadre__in=CareAssignment.objects.open().filter(carer__in=mine).values("cadre"))
        if self.value() == "measures":
            needs = Need.objects.open().filter(measures__owner__in=mine, measures__voided_at__isnull=True)
            return queryset.filter(cadre__in=needs.values("cadre"))
        return queryset


class MeasureStateFilter(admin.SimpleListFilter):
    """Without a choice: what is promised and not done."""

    title = "办理情况"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("late", "逾期"), ("week", "7 天内到期"), ("done", "已办好"), ("done_late", "晚了才办好"),
            ("dropped", "不再办"), ("all", "全部"),
        ]  # fmt: skip

    def queryset(self, request, queryset):
        today = timezone.localdate()
        standing = queryset.standing()
        ranges = {
            None: lambda: queryset.open(),
            "late": lambda: queryset.open().filter(due_on__lt=today),
            "week": lambda: queryset.open().filter(due_on__range=(today, today + timedelta(days=7))),
            "done": lambda: standing.filter(done_on__isnull=False),
            "done_late": lambda: standing.filter(done_on__gt=F("due_on")),
            "dropped": lambda: standing.filter(dropped_on__isnull=False),
            "all": lambda: standing,
        }
        return ranges.get(self.value(), queryset.none)()

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "还没办好的"}
        yield from others


class OwnerFilter(admin.SimpleListFilter):
    title = "谁承办"
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("me", "我承办的"), ("promised", "我定下的")]

    def queryset(self, request, queryset):
        mine = [request.user.pk, *acts_for(request.user)]
        if self.value() == "me":
            return queryset.filter(owner__in=mine)
        return queryset.filter(promised_by__in=mine) if self.value() == "promised" else queryset


class PlanFilter(admin.SimpleListFilter):
    """For the list of cadres: who has a plan of this year, who has none."""

    title = "今年的一人一策"
    parameter_name = "plan"

    def lookups(self, request, model_admin):
        return [("yes", "有"), ("none", "还没有")]

    def queryset(self, request, queryset):
        year = timezone.localdate().year
        planned = Q(pk__in=ServicePlan.objects.filter(year=year, voided_at__isnull=True).values("cadre"))
        if self.value() == "yes":
            return queryset.filter(planned)
        return queryset.exclude(planned) if self.value() == "none" else queryset
