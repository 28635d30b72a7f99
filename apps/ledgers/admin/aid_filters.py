"""Filters of the list of aid applications."""

from django.contrib import admin
from django.db.models import F, Q
from django.utils import timezone

from apps.ledgers.choices.aid import AidHelp, AidKind, AidState, AidVia
from apps.ledgers.models import FundYear
from apps.ledgers.rules.aid import OPEN

from .filters import ContactKindFilter, DefaultFilter


class AidStateFilter(DefaultFilter):
    """Without a choice: what is open."""

    title, parameter_name, default_label = "进度", "state", "正在办的"

    def lookups(self, request, model_admin):
        return [*AidState.choices, ("due", "公示期满，待发放"), ("family", "待登记遗属"), ("all", "全部")]

    def queryset(self, request, queryset):
        asked = self.value()
        if asked is None:
            return queryset.filter(state__in=OPEN)
        if asked == "due":
            return queryset.filter(state=AidState.NOTICED, notice__ends_on__lte=timezone.localdate())
        if asked == "family":
            return queryset.filter(for_survivors=True, applicant_name="", state__in=OPEN)
        if asked == "all":
            return queryset
        return queryset.filter(state=asked) if asked in AidState.values else queryset.none()


class AidYearFilter(admin.SimpleListFilter):
    title, parameter_name = "年度", "year"

    def lookups(self, request, model_admin):
        years = FundYear.objects.standing().order_by("-year").values_list("year", flat=True).distinct()
        return [(str(year), f"{year}年") for year in years[:8]]

    def queryset(self, request, queryset):
        asked = self.value()
        if asked is None:
            return queryset
        return queryset.filter(year=int(asked)) if asked.isdecimal() and len(asked) == 4 else queryset.none()


class AidKindFilter(ContactKindFilter):
    title, parameter_name, field, offered = "困难类别", "kind", "kind", AidKind.choices


class AidHelpFilter(ContactKindFilter):
    title, parameter_name, field, offered = "帮扶方式", "help", "help", AidHelp.choices


class AidViaFilter(ContactKindFilter):
    title, parameter_name, field, offered = "怎样报来的", "via", "via", AidVia.choices


class AidWhoFilter(admin.SimpleListFilter):
    title, parameter_name = "对象", "who"

    def lookups(self, request, model_admin):
        return [("self", "老同志本人"), ("family", "遗属"), ("over", "要的比初审建议多")]

    def queryset(self, request, queryset):
        wanted = {
            "self": Q(for_survivors=False), "family": Q(for_survivors=True), "over": Q(requested__gt=F("proposed")),
        }  # fmt: skip
        if self.value() is None:
            return queryset
        return queryset.filter(wanted[self.value()]) if self.value() in wanted else queryset.none()
