"""Filters of the list of requests."""

from django.contrib import admin
from django.utils import timezone

from apps.common.code_lists import choices_of
from apps.volunteers.choices.requests import LIVE_REQUESTS, RequestState
from apps.volunteers.models import Team
from apps.volunteers.queries.requests import CONFIRM, DOUBT, FINDING, SERVED, SOON_KEY, condition_of

ENDED = (RequestState.CONFIRMED, RequestState.UNMET, RequestState.CANCELLED)


class WhichFilter(admin.SimpleListFilter):
    """Without a choice: what is still to do."""

    title, parameter_name = "办到哪一步", "which"

    def lookups(self, request, model_admin):
        return [
            (FINDING, "正在找人"), (SOON_KEY, "快到了还没人"), (SERVED, "过了还没登记"), (CONFIRM, "等确认"),
            (DOUBT, "说对不上"), *[(str(state), state.label) for state in ENDED], ("all", "全部"),
        ]  # fmt: skip

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "还没办完的"}
        yield from others

    def queryset(self, request, queryset):
        value = self.value() or ""
        if value == "all":
            return queryset
        if value in ENDED:
            return queryset.filter(state=value)
        condition = condition_of(value, timezone.localdate())
        return queryset.filter(state__in=LIVE_REQUESTS) if condition is None else queryset.filter(condition)


class ServiceFilter(admin.SimpleListFilter):
    title, parameter_name = "帮什么忙", "service"

    def lookups(self, request, model_admin):
        return choices_of("volunteer_service")

    def queryset(self, request, queryset):
        return queryset.filter(service=self.value()) if self.value() else queryset


class RequestTeamFilter(admin.SimpleListFilter):
    """Teams of the units that the user works on."""

    title, parameter_name = "承接的队", "team"

    def lookups(self, request, model_admin):
        teams = Team.objects.visible_to(request.user).current().filter(closed_on__isnull=True)
        return [("none", "没有定队"), *((str(pk), name) for pk, name in teams.values_list("pk", "name")[:60])]

    def queryset(self, request, queryset):
        if self.value() == "none":
            return queryset.filter(team__isnull=True)
        known = dict(self.lookup_choices)
        return queryset.filter(team=self.value()) if self.value() in known else queryset
