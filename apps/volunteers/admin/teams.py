"""志愿服务队: the list, a team's page, joining, leaving, changing leaders, dissolving."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from apps.common.admin_pages import Block, PageRecordAdmin, day, send_print, send_workbook
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.registry.queries import read_search
from apps.volunteers.choices.teams import TeamKind, TeamRole
from apps.volunteers.forms.teams import MOST, CloseForm, EndForm, FindForm, HandOverForm, MemberForm, TeamForm
from apps.volunteers.models import Team, TeamMember, TeamPlan, Volunteer
from apps.volunteers.queries.teams import (
    former_members,
    leader_of,
    member_rows,
    standing,
    with_leaders,
    without_leader,
    year_figures,
)
from apps.volunteers.rules.times import length_words
from apps.volunteers.services import teams

from .links import page_of, volunteer_link
from .projects import shifts_ahead

CONTACT = "volunteers.view_volunteer_contact"
SEE_PEOPLE = "volunteers.view_volunteer"
TEAMS = (
    "序号", "队名", "类型", "服务区域", "服务品牌", "活动地点", "队长", "队员", "联系电话", "主管单位", "成立日期",
)  # fmt: skip
ROSTER = ("姓名", "担任", "自何日起", "专长", "请勿安排", "书面材料")


class StandingFilter(admin.SimpleListFilter):
    """Without a choice: those that stand."""

    title, parameter_name = "状态", "standing"

    def lookups(self, request, model_admin):
        return [("leaderless", "没有队长的"), ("closed", "已解散"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "正在活动的"}
        yield from others

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case "all":
                return queryset
            case "closed":
                return queryset.filter(closed_on__lte=today)
            case "leaderless":
                return without_leader(queryset, today)
        return standing(queryset, today)


class AreaFilter(admin.SimpleListFilter):
    """Streets in which teams of this list serve."""

    title, parameter_name = "服务街道", "street"

    def lookups(self, request, model_admin):
        rows = model_admin.get_queryset(request).filter(community__isnull=False).order_by("community__street")
        return [(street, street) for street in rows.values_list("community__street", flat=True).distinct()[:200]]

    def queryset(self, request, queryset):
        return queryset.filter(community__street=self.value()) if self.value() else queryset


@admin.register(Team)
class TeamAdmin(PageRecordAdmin):
    has_page = True
    form = TeamForm
    elsewhere = "主管单位不在您的管理范围内。"
    add_label = "新建志愿服务队"
    empty_words = "红耆、银龄、五老、专家团、法律援助、讲解导医、爱心驿站、宣讲团，都先在这里建队，再加队员。"
    list_display = ("name", "kind", "area", "leader", "members_now", "unit", "founded")
    list_filter = ("kind", AreaFilter, StandingFilter)
    search_fields = ("name", "brand")
    search_help_text = "队名或服务品牌"
    select_related_in_list = select_related_in_record = ("unit", "community", "division", "organisation")
    ordering = ("name", "pk")
    fields = (
        ("name", "kind"), ("unit", "organisation"), ("division", "community"), ("brand", "venue"),
        ("phone", "founded_on"), "introduction",
    )  # fmt: skip

    def write(self, request, obj, form, change):
        self.require_unit(request, obj, change)
        teams.save_team(obj)

    # List

    @admin.display(description="服务区域")
    def area(self, obj):
        return str(obj.community or obj.division or "")

    @admin.display(description="队长")
    def leader(self, obj):
        return obj.leader_name or "还没有"

    @admin.display(description="队员（人）")
    def members_now(self, obj):
        return obj.member_count or 0

    @admin.display(description="成立")
    def founded(self, obj):
        return day(obj.founded_on)

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        keys = [row.pk for row in found.result_list]
        rows = Team.objects.filter(pk__in=keys).select_related(*self.select_related_in_list)
        known = {row.pk: row for row in with_leaders(rows, timezone.localdate())}
        found.result_list = [known[key] for key in keys]
        return found

    def list_tools(self, request):
        query = self.query_of(request)
        return [
            {"label": "年度计划", "url": self.site_url(TeamPlan, "changelist")},
            {"label": "打印", "url": f"{self.plain_url('roster')}?as=print{query}"},
            {"label": "导出 Excel", "url": f"{self.plain_url('roster')}?as=xlsx{query}"},
        ]

    def site_url(self, model, page: str, *args) -> str:
        return self.admin_site.get_model_admin(model).plain_url(page, *args)

    def extra_pages(self):
        return [
            ("roster", "roster/", self.roster_view),
            ("members", "<path:object_id>/members/", self.members_view),
            ("join", "<path:object_id>/join/", self.join_view),
            ("hand_over", "<path:object_id>/hand-over/", self.hand_over_view),
            ("close", "<path:object_id>/close/", self.close_view),
        ]

    def roster_view(self, request):
        """The list of teams as it is filtered, on paper or as a workbook: no people but their leaders' names."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("as", "")
        today = timezone.localdate()
        rows = list(with_leaders(self.filtered_rows(request), today))
        lines = [
            [
                number, row.name, row.get_kind_display(), self.area(row), row.brand, row.venue, self.leader(row),
                row.member_count or 0, row.phone, str(row.unit), row.founded_on,
            ]
            for number, row in enumerate(rows, 1)
        ]  # fmt: skip
        if asked == "xlsx":
            return send_workbook(request, "志愿服务队一览", TEAMS, lines, target="volunteers.team:list")
        return send_print(
            self, request, "志愿服务队一览", TEAMS, lines, back=self.plain_url("changelist"), order="按队名排列",
            scope=f"{len(lines)} 支", target="volunteers.team:list",
        )  # fmt: skip

    # One team

    def people_of(self, obj):
        return list(TeamMember.objects.on(timezone.localdate()).filter(team=obj).values_list("volunteer", flat=True))

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        own = []
        if self.may_change(request, obj) and not obj.voided_at and obj.closed_on is None:
            own = [
                {"label": "加队员", "url": self.url_of("join", obj), "main": True},
                {"label": "换队长", "url": self.url_of("hand_over", obj)},
                {"label": "写年度计划", "url": f"{self.site_url(TeamPlan, 'add')}?team={obj.pk}"},
            ]
            tools.append({"label": "解散", "url": self.url_of("close", obj)})
        own.append({"label": "队员名册", "url": self.url_of("members", obj)})
        return [*own, *({**tool, "main": False} for tool in tools)]

    def tags(self, obj):
        tags = [(obj.get_kind_display(), "info")]
        if obj.closed_on:
            tags.append((f"{day(obj.closed_on)}解散", "late"))
        return tags + super().tags(obj)

    def figures(self, request, obj):
        today = timezone.localdate()
        rows = self._rows_of(request, obj)
        minutes, number = year_figures(obj, today.year)
        lacking = sum(1 for row in rows if row.missing)
        return [
            {"label": "队员", "value": len(rows), "note": "人"},
            {"label": "书面材料不齐", "value": lacking, "tone": "late" if lacking else "", "note": "齐了才能安排"},
            {"label": f"{today.year}年志愿时长", "value": length_words(minutes), "note": f"已确认 {number} 次"},
        ]

    def _rows_of(self, request, obj):
        known = request.__dict__.setdefault("_member_rows", {})
        if obj.pk not in known:
            known[obj.pk] = member_rows(obj, timezone.localdate())
        return known[obj.pk]

    def blocks(self, request, obj):
        today = timezone.localdate()
        may = self.may_change(request, obj) and not obj.voided_at
        leads = leader_of(obj, today)
        yield Block(
            "队的情况",
            facts=[
                ("队长", volunteer_link(request.user, leads.volunteer) if leads else "还没有，请点“换队长”定一位"),
                ("主管单位", obj.unit), ("所属党组织", obj.organisation or ""), ("服务区域", self.area(obj)),
                ("服务品牌", obj.brand), ("活动地点", obj.venue), ("联系电话", obj.phone),
                ("成立日期", day(obj.founded_on)), ("简介", obj.introduction),
            ],
        )  # fmt: skip
        yield Block(
            "现在的队员",
            columns=(*ROSTER, "办理") if may else ROSTER,
            rows=[self._member_cells(row, may) for row in self._rows_of(request, obj)],
            empty="还没有队员。点上面的“加队员”。",
        )
        yield Block(
            "年度计划和总结",
            columns=("年度", "目标", "总结"),
            rows=[
                [{"text": f"{plan.year}年", "url": self.site_url(TeamPlan, "change", plan.pk)}, plan.goals[:80],
                 plan.review[:80] or "还没有写"]
                for plan in TeamPlan.objects.current().filter(team=obj)[:10]
            ],
            empty="还没有年度计划。",
        )  # fmt: skip
        projects = obj.projects.filter(voided_at__isnull=True)[:50]
        yield Block(
            "项目",
            columns=("项目", "地点", "状态"),
            rows=[
                [{"text": project.name, "url": page_of("project", project.pk)}, project.place,
                 project.get_state_display()]
                for project in projects
            ],
            empty="还没有项目。在“项目”里新增，再排班。",
        )  # fmt: skip
        yield shifts_ahead(obj.shifts.all(), today, with_name=True)
        if obj.kind == TeamKind.STATION or obj.donations.exists():
            gifts = obj.donations.filter(voided_at__isnull=True).order_by("-on", "-pk")[:10]
            yield Block(
                "最近的捐赠", columns=("接收日期", "物品", "收据号", "送到"), empty="还没有收到捐赠。",
                rows=[[day(one.on), {"text": one.item, "url": page_of("donation", one.pk)}, one.receipt_no,
                       day(one.given_on) or "还没送出去"] for one in gifts],
            )  # fmt: skip
        former = former_members(obj, today)[:100]
        yield Block(
            "任职和队员的变化",
            columns=("姓名", "担任", "自何日起", "到何日"),
            rows=[
                [row.volunteer.person.name, row.get_role_display(), day(row.starts_on), day(row.ends_on)]
                for row in former
            ],
            empty="还没有变化。",
        )

    def _member_cells(self, row, may: bool) -> list:
        member = row.member
        paper = {"text": "", "tag": "不齐", "tone": "late", "note": row.missing} if row.missing else "齐"
        cells = [
            {"text": row.name, "url": self.site_url(Volunteer, "change", row.volunteer.pk)},
            member.get_role_display(), day(member.starts_on), row.skills, row.limits, paper,
        ]  # fmt: skip
        if may:
            cells.append({"text": "不再担任", "url": self.site_url(TeamMember, "end", member.pk)})
        return cells

    def members_view(self, request, object_id):
        """The roster of one team on paper or as a workbook; phones for those who may see them."""
        team = self.readable(request, object_id)
        contact = request.user.has_perm(CONTACT) and request.user.has_perm(SEE_PEOPLE)
        rows = member_rows(team, timezone.localdate(), with_phones=contact)
        people = [row.volunteer.pk for row in rows]
        columns = ["序号", *ROSTER, *(["电话"] if contact else [])]
        lines = [
            [
                number, row.name, row.member.get_role_display(), row.member.starts_on, row.skills, row.limits,
                row.missing or "齐", *([row.phones] if contact else []),
            ]
            for number, row in enumerate(rows, 1)
        ]  # fmt: skip
        target, title = self._target(team), f"{team.name}队员名册"
        if request.GET.get("as") == "xlsx":
            return send_workbook(request, title, columns, lines, target=target, people=people)
        return send_print(
            self, request, title, columns, lines, back=self.url_of("change", team),
            order="队长、副队长、队员，各按姓名拼音", scope=f"{len(lines)} 人", target=target, people=people,
            recall=True,
        )  # fmt: skip

    # Acts

    def join_view(self, request, object_id):
        """Somebody on the register joins: found by name first, then chosen."""
        team = self.actable(request, object_id)
        query = request.GET.get("q", "").strip()[:40]
        found = self.volunteers_found(request, query)
        form = MemberForm(request.POST or None, volunteers=found)
        today = timezone.localdate()

        def perform(values):
            row = teams.add_member(
                team, values["volunteer"], on=values["on"], actor=request.user, role=values["role"]
            )  # fmt: skip
            return f"{row.volunteer.person.name} 已是{row.get_role_display()}。"

        return self.one_act(
            request, team, form, title="加队员", perform=perform, done="已加入。", button="加入",
            template="admin/volunteers/join.html", find=FindForm(initial={"q": query}), asked=query, today=today,
            found=len(found), register_url=self.site_url(Volunteer, "add"),
        )  # fmt: skip

    def volunteers_found(self, request, query: str):
        """Volunteers of the register in reach who match; of a POST all of them, so that the choice is checked."""
        rows = Volunteer.objects.visible_to(request.user, SEE_PEOPLE).active().select_related("person")
        rows = rows.order_by("person__name_sort_key", "pk")
        if request.method == "POST" and not query:
            return rows
        condition = read_search(query).condition if query else None
        if condition is None:
            return rows.none()
        keys = rows.filter(pk__in=Person.objects.filter(condition).order_by().values("pk"))[:MOST]
        return rows.filter(pk__in=list(keys.values_list("pk", flat=True)))

    def apply_voiding(self, request, obj, act, reason):
        """A team that lives is dissolved, never voided: only what was entered by mistake is."""
        if act == "void" and TeamMember.objects.on(timezone.localdate()).filter(team=obj).exists():
            raise BusinessError("队里还有队员。不再活动的，请办“解散”；登记错了的，先请队员退出。", code="members")
        super().apply_voiding(request, obj, act, reason)

    def hand_over_view(self, request, object_id):
        """One leader ends, another begins, in one act; pressed twice it is done once."""
        team = self.actable(request, object_id)
        today = timezone.localdate()
        leads = leader_of(team, today)
        # Of a POST also whoever leads already: the second press finds it done.
        rows = TeamMember.objects.on(today).filter(team=team).order_by()
        rows = rows if request.method == "POST" else rows.exclude(role=TeamRole.LEADER)
        members = Volunteer.objects.active().filter(pk__in=rows.values("volunteer_id")).select_related("person")
        members = members.order_by("person__name_sort_key", "pk")
        form = HandOverForm(request.POST or None, members=members, seen=leads.pk if leads else None)

        def perform(values):
            row = teams.hand_over(
                team, values["volunteer"], on=values["on"], actor=request.user, seen=values["seen"],
                stays=values["stays"],
            )  # fmt: skip
            return f"{row.volunteer.person.name} 自{day(row.starts_on)}起是队长。"

        name = leads.volunteer.person.name if leads else "还没有"
        return self.one_act(
            request, team, form, title="换队长", perform=perform, done="已换。", button="换队长",
            lead=f"现在的队长：{name}。新队长从队员里选，不在队里的请先加为队员。",
        )  # fmt: skip

    def close_view(self, request, object_id):
        team = self.actable(request, object_id)
        form = CloseForm(request.POST or None)

        def perform(values):
            teams.close_team(team, on=values["on"], reason=values["reason"], actor=request.user)

        return self.one_act(
            request, team, form, title="解散", perform=perform, done="已解散，队员的任职同日结束，做过的服务都还在。",
            button="解散", lead="还有没开始的班次时不能解散，先把班次取消。",
        )  # fmt: skip


@admin.register(TeamMember)
class TeamMemberAdmin(PageRecordAdmin):
    """One membership: read, ended, voided when it was entered by mistake. Made at the team's page only."""

    elsewhere = "这支队不在您的管理范围内。"
    list_display = ("name", "team", "role", "starts_on", "ends_on")
    list_filter = ("role",)
    search_fields = ("team__name",)
    search_help_text = "队名"
    select_related_in_list = select_related_in_record = ("team", "volunteer__person")
    ordering = ("team__name", "starts_on", "pk")
    fields = ("team", "volunteer", "role", "starts_on", "ends_on")
    readonly_fields = fields

    def unit_of(self, obj):
        return obj.team.unit_id

    def has_add_permission(self, request):
        return False

    def people_of(self, obj):
        return [obj.volunteer_id]

    def title_of(self, obj):
        return f"{obj.volunteer.person.name}　{obj}"

    @admin.display(description="姓名")
    def name(self, obj):
        return obj.volunteer.person.name

    def extra_pages(self):
        return [("end", "<path:object_id>/end/", self.end_view)]

    def record_tools(self, request, obj):
        team = {"label": "回到队里", "url": self.admin_site.get_model_admin(Team).url_of("change", obj.team)}
        return [team, *(tool for tool in super().record_tools(request, obj) if tool["label"] != "修改")]

    def end_view(self, request, object_id):
        member = self.actable(request, object_id)
        form = EndForm(request.POST or None)

        def perform(values):
            teams.end_membership(member, on=values["on"], actor=request.user, reason=values["reason"])

        return self.one_act(
            request, member, form, title="不再担任", perform=perform, done="已登记。", button="登记",
            lead=f"{member.volunteer.person.name}：{member.team} {member.get_role_display()}，"
            f"自{day(member.starts_on)}起。换队长请用队里的“换队长”。",
        )  # fmt: skip
