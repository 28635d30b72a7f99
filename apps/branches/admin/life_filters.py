"""Filters of the lists of organisation life."""

import datetime

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from apps.branches.models import Organisation
from apps.common.admin_lists import PickFilter

MONTHS_BACK = 12


class OrganisationFilter(PickFilter):
    """An organisation with everything below it."""

    title = "党组织（含下级）"
    parameter_name = "organisation"
    field_name = "organisation"

    def narrow(self, queryset, chosen: Organisation):
        below = Organisation.objects.filter(path__startswith=chosen.path).order_by().values("pk")
        return queryset.filter(organisation_id__in=below)


class OpenFilter(admin.SimpleListFilter):
    title = "送没送"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return (("open", "还没送"), ("late", "逾期没送"), ("done", "送过了"))

    def queryset(self, request, queryset):
        match self.value():
            case "open":
                return queryset.filter(delivered_on__isnull=True, voided_at__isnull=True)
            case "late":
                late = Q(due_on__lt=timezone.localdate(), delivered_on__isnull=True, voided_at__isnull=True)
                return queryset.filter(late)
            case "done":
                return queryset.filter(delivered_on__isnull=False)
        return queryset


def month_filter(field: str) -> type[admin.SimpleListFilter]:
    """A filter by month of a date column: the last year by month, and each of the last five years."""

    class ByMonth(admin.SimpleListFilter):
        title = "月份"
        parameter_name = "month"

        def lookups(self, request, model_admin):
            today = timezone.localdate()
            place = today.year * 12 + today.month - 1
            months = [divmod(place - back, 12) for back in range(MONTHS_BACK)]
            found = [(f"{year}-{month + 1:02}", f"{year}年{month + 1}月") for year, month in months]
            return [*found, *((str(year), f"{year}年") for year in range(today.year, today.year - 5, -1))]

        def queryset(self, request, queryset):
            year, _, month = (self.value() or "").partition("-")
            if not self.value():
                return queryset
            if not (year.isascii() and year.isdecimal() and len(year) == 4 and int(year)):
                return queryset.none()
            queryset = queryset.filter(**{f"{field}__range": _span(int(year), 1, 12)}) if not month else queryset
            if not month:
                return queryset
            if not (month.isascii() and month.isdecimal() and 1 <= int(month) <= 12):
                return queryset.none()
            return queryset.filter(**{f"{field}__range": _span(int(year), int(month), int(month))})

    return ByMonth


def _span(year: int, first: int, last: int) -> tuple[datetime.date, datetime.date]:
    """First and last day of some months of a year."""
    beyond = datetime.date(year + last // 12, last % 12 + 1, 1) if year < 9999 else datetime.date.max
    return datetime.date(year, first, 1), beyond - datetime.timedelta(days=1)


MonthFilter = month_filter("held_on")
