"""Filters of the ledger, for its own lists and for the list of cadres."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from apps.branches.models import Membership
from apps.branches.queries import member_ids, subtree_ids
from apps.common.admin_lists import PickFilter
from apps.ledgers.access import acts_for
from apps.ledgers.choices import FESTIVALS, HOSPITAL_KINDS, ContactKind, DutyKind, Level, Method
from apps.ledgers.models import CareAssignment, CareTier, TierAdvice
from apps.organisation.queries import subtree_ids as units_below
from apps.registry.choices import VETERAN_TYPES
from apps.registry.models import Cadre


class DefaultFilter(admin.SimpleListFilter):
    """A filter that narrows without a choice already: `default_label` says to what."""

    default_label = ""

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": self.default_label}, *rest]


class TierFilter(admin.SimpleListFilter):
    title = "服务等级"
    parameter_name = "tier"

    def lookups(self, request, model_admin):
        return [
            *((str(value), label) for value, label in Level.choices),
            ("none", "还没有定"),
            ("advice", "建议调整"),
        ]

    def queryset(self, request, queryset):
        tiers = CareTier.objects.filter(voided_at__isnull=True)
        if self.value() is None:
            return queryset
        if self.value() == "none":
            return queryset.exclude(pk__in=tiers.values("cadre"))
        if self.value() == "advice":
            return queryset.filter(pk__in=TierAdvice.objects.values("cadre"))
        if self.value() not in {str(level) for level in Level.values}:
            return queryset.none()
        return queryset.filter(pk__in=tiers.filter(level=int(self.value())).values("cadre"))


class CarerFilter(admin.SimpleListFilter):
    """Own people, and those whom nobody answers for though somebody must."""

    title = "责任人"
    parameter_name = "carer"

    def lookups(self, request, model_admin):
        return [("me", "我负责的"), ("missing", "应有而没有"), ("none", "没有责任人")]

    def queryset(self, request, queryset):
        paired = CareAssignment.objects.open().primary()
        if self.value() == "me":
            return queryset.filter(pk__in=CareAssignment.objects.open().filter(carer=request.user).values("cadre"))
        if self.value() == "none":
            return queryset.exclude(pk__in=paired.values("cadre"))
        if self.value() == "missing":
            focus = CareTier.objects.filter(is_focus=True, voided_at__isnull=True).values("cadre")
            wanted = Q(retire_type__in=VETERAN_TYPES) | Q(pk__in=focus)
            return queryset.filter(wanted).exclude(pk__in=paired.values("cadre"))
        return queryset


class BranchFilter(PickFilter):
    """A party organisation and everything below it, by current membership."""

    title = "支部（含下级）"
    parameter_name = "branch"
    field_name = "organisation"
    field_model = Membership

    def narrow(self, queryset, chosen):
        return queryset.filter(pk__in=member_ids(subtree_ids([chosen]), timezone.localdate()))


class DueFilter(admin.SimpleListFilter):
    """Without a choice: what is open and has begun."""

    title = "期限"
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [
            ("overdue", "逾期"),
            ("week", "本周到期"),
            ("month", "30 天内到期"),
            ("later", "以后"),
            ("done", "已办"),
            ("missed", "没有按期办"),
            ("closed", "已结束"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        ranges = {
            None: lambda: queryset.open().filter(period_start__lte=today),
            "overdue": lambda: queryset.overdue(today),
            "week": lambda: queryset.open().filter(due_on__range=_week(today)),
            "month": lambda: queryset.open().filter(due_on__range=(today, today + timedelta(days=30))),
            "later": lambda: queryset.open().filter(period_start__gt=today),
            "done": lambda: queryset.filter(satisfied_by__isnull=False),
            "missed": lambda: queryset.missed(today),
            "closed": lambda: queryset.filter(closed_on__isnull=False),
        }
        return ranges.get(self.value(), queryset.none)()

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "现在要办的"}
        yield from others


def _week(today):
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=6)


class DutyKindFilter(admin.SimpleListFilter):
    title = "要办的事"
    parameter_name = "kind"
    groups = {
        "visit": ("上门看望", (DutyKind.VETERAN_VISIT, DutyKind.RISK_VISIT, DutyKind.RISK_BUREAU, DutyKind.AWAY_VISIT)),
        "call": ("联系", (DutyKind.VETERAN_CALL, DutyKind.RISK_CONTACT, DutyKind.FOCUS_CONTACT)),
        "talk": ("谈心谈话", (DutyKind.VETERAN_TALK,)),
        "festival": ("节日慰问", FESTIVALS),
        "hospital": ("住院看望", HOSPITAL_KINDS),
        "discharge": ("出院回访", (DutyKind.DISCHARGE,)),
    }

    def lookups(self, request, model_admin):
        return [(key, words) for key, (words, _) in self.groups.items()]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return (
            queryset.filter(kind__in=self.groups[self.value()][1]) if self.value() in self.groups else queryset.none()
        )


class MineFilter(admin.SimpleListFilter):
    title = "谁负责"
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("me", "我负责的")]

    def queryset(self, request, queryset):
        if self.value() != "me":
            return queryset
        carers = [request.user.pk, *acts_for(request.user)]
        return queryset.filter(cadre__in=CareAssignment.objects.open().filter(carer__in=carers).values("cadre"))


class UnitOfCadreFilter(PickFilter):
    """The managing unit of the cadre and everything below it."""

    title = "管理单位（含下级）"
    parameter_name = "unit"
    field_name = "managing_unit"
    field_model = Cadre

    def narrow(self, queryset, chosen):
        return queryset.filter(cadre__in=Cadre.objects.filter(managing_unit_id__in=units_below([chosen])).values("pk"))


class ContactKindFilter(admin.SimpleListFilter):
    title = "类型"
    parameter_name = "kind"
    field = "kind"
    offered = ContactKind.choices

    def lookups(self, request, model_admin):
        return self.offered

    def queryset(self, request, queryset):
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class MethodFilter(ContactKindFilter):
    title = "方式"
    parameter_name = "method"
    field = "method"
    offered = Method.choices


class WhenFilter(admin.SimpleListFilter):
    title = "时间"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("7", "最近 7 天"), ("30", "最近 30 天"), ("year", "今年")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        starts = {
            "7": today - timedelta(days=6),
            "30": today - timedelta(days=29),
            "year": today.replace(month=1, day=1),
        }
        if self.value() is None:
            return queryset
        return queryset.filter(happened_on__gte=starts[self.value()]) if self.value() in starts else queryset.none()


class StandingFilter(admin.SimpleListFilter):
    """Without a choice: what is in force."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("ended", "已结束"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.exclude(ends_on__isnull=True) if self.value() == "ended" else queryset.open()

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "正在负责"}
        yield from others


class RecordedByFilter(admin.SimpleListFilter):
    title = "谁记的"
    parameter_name = "by"

    def lookups(self, request, model_admin):
        return [("me", "我记的"), ("voided", "已作废")]

    def queryset(self, request, queryset):
        if self.value() == "voided":
            return queryset.filter(voided_at__isnull=False)
        standing = queryset.filter(voided_at__isnull=True)
        return standing.filter(recorded_by=request.user) if self.value() == "me" else standing
