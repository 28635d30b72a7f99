"""Yearly plans of teams and what came of them."""

from django.contrib import admin
from django.utils import timezone

from apps.common import audit
from apps.common.admin_pages import Block, PageRecordAdmin, day
from apps.common.printing import frame_for
from apps.volunteers.forms.teams import PlanForm
from apps.volunteers.models import Team, TeamMember, TeamPlan
from apps.volunteers.queries.teams import leader_of

from .list_out import ListOut


class ReviewFilter(admin.SimpleListFilter):
    title, parameter_name = "总结", "review"

    def lookups(self, request, model_admin):
        return [("none", "还没有写总结的"), ("done", "已总结")]

    def queryset(self, request, queryset):
        match self.value():
            case "none":
                return queryset.filter(review="")
            case "done":
                return queryset.exclude(review="")
        return queryset


@admin.register(TeamPlan)
class TeamPlanAdmin(ListOut, PageRecordAdmin):
    out_order = "按年度、队名排列"
    has_page = True
    form = PlanForm
    elsewhere = "这支队不在您的管理范围内。"
    add_label = "写年度计划"
    empty_words = "每支队每年一份：年初写目标和安排，年底写总结。"
    list_display = ("team", "year", "goals_words", "review_words")
    list_filter = ("year", ReviewFilter)
    search_fields = ("team__name",)
    search_help_text = "队名"
    select_related_in_list = select_related_in_record = ("team",)
    ordering = ("-year", "team__name", "pk")
    fields = (("team", "year"), "goals", "measures", "planned_on", "review", "reviewed_on")

    def unit_of(self, obj):
        return obj.team.unit_id

    @admin.display(description="目标")
    def goals_words(self, obj):
        return obj.goals[:60]

    @admin.display(description="总结")
    def review_words(self, obj):
        return obj.review[:60] or "还没有写"

    def tags(self, obj):
        return [("已总结", "done") if obj.review else ("还没有写总结", "soon"), *super().tags(obj)]

    def blocks(self, request, obj):
        team = self.admin_site.get_model_admin(Team)
        yield Block(
            "计划",
            facts=[
                ("年度", f"{obj.year}年"), ("目标", obj.goals), ("安排", obj.measures),
                ("制定日期", day(obj.planned_on)),
            ],
            links=[{"label": f"回到{obj.team.name}", "url": team.url_of("change", obj.team)}],
        )  # fmt: skip
        yield Block("年终总结", facts=[("总结", obj.review), ("总结日期", day(obj.reviewed_on))])

    def extra_pages(self):
        return [("print", "<path:object_id>/print/", self.print_view)]

    def record_tools(self, request, obj):
        return [{"label": "打印", "url": self.url_of("print", obj)}, *super().record_tools(request, obj)]

    def print_view(self, request, object_id):
        """The plan on A4, with the leader's name."""
        plan = self.readable(request, object_id)
        today = timezone.localdate()
        leads = leader_of(plan.team, today)
        people = [leads.volunteer_id] if leads else []
        audit.look("print", actor=request.user, people=people, target=self._target(plan), request=request)
        frame = frame_for(
            request, f"{plan.team.name}{plan.year}年度计划和总结", back_url=self.url_of("change", plan), recall=False,
            stamp=True,
        )  # fmt: skip
        context = {
            "frame": frame, "plan": plan, "team": plan.team, "leader": leads.volunteer.person.name if leads else "",
            "members": TeamMember.objects.on(today).filter(team=plan.team).count(),
        }  # fmt: skip
        return self.page(request, "print/volunteers/plan.html", context)
