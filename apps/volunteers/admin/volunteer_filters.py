"""Filters of the list of volunteers."""

from django.contrib import admin
from django.utils import timezone

from apps.common.code_lists import choices_of
from apps.volunteers.choices.volunteers import StatementKind
from apps.volunteers.models import Team, TeamMember
from apps.volunteers.queries.papers import ending, lacking, warn_days, without
from apps.volunteers.queries.talent import SERVICES, SKILLS

MOST = 200


class HereFilter(admin.SimpleListFilter):
    """Without a choice: those on the register."""

    title, parameter_name = "状态", "here"

    def lookups(self, request, model_admin):
        return [("left", "已退出"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "在册"}
        yield from others

    def queryset(self, request, queryset):
        match self.value():
            case "all":
                return queryset
            case "left":
                return queryset.filter(left_on__isnull=False)
        return queryset.filter(left_on__isnull=True)


class SkillFilter(admin.SimpleListFilter):
    title, parameter_name = "专长", "skill"

    def lookups(self, request, model_admin):
        return choices_of(SKILLS)

    def queryset(self, request, queryset):
        return queryset.filter(skills__contains=[self.value()]) if self.value() else queryset


class ServiceFilter(admin.SimpleListFilter):
    title, parameter_name = "愿意做的服务", "service"

    def lookups(self, request, model_admin):
        return choices_of(SERVICES)

    def queryset(self, request, queryset):
        return queryset.filter(wishes__contains=[self.value()]) if self.value() else queryset


class TeamFilter(admin.SimpleListFilter):
    """Teams that the user sees."""

    title, parameter_name = "志愿服务队", "team"

    def lookups(self, request, model_admin):
        rows = Team.objects.visible_to(request.user).current().order_by("name")
        return [("none", "不在队里的"), *((str(row.pk), row.name) for row in rows[:MOST])]

    def queryset(self, request, queryset):
        value = self.value()
        if value is None:
            return queryset
        members = TeamMember.objects.on(timezone.localdate()).order_by()
        if value == "none":
            return queryset.exclude(pk__in=members.values("volunteer_id"))
        if not value.isdecimal() or len(value) > 17:
            return queryset.none()
        mine = members.filter(team=int(value), team__in=Team.objects.visible_to(request.user).order_by())
        return queryset.filter(pk__in=mine.values("volunteer_id"))


class PapersFilter(admin.SimpleListFilter):
    title, parameter_name = "书面材料", "papers"

    def lookups(self, request, model_admin):
        missing = [(kind, f"没有{label}") for kind, label in StatementKind.choices]
        return [("lacking", "不齐，不能安排的"), ("ending", "快到期的"), *missing]

    def queryset(self, request, queryset):
        value, today = self.value(), timezone.localdate()
        match value:
            case None:
                return queryset
            case "lacking":
                return lacking(queryset, today)
            case "ending":
                return ending(queryset, today, warn_days(today))
        return without(queryset, value, today) if value in StatementKind.values else queryset.none()
