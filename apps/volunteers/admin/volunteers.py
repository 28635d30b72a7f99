"""志愿者: the list, one volunteer's page, what he offers, what he signed, leaving."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments, audit
from apps.common.admin_pages import PageRecordAdmin, day, file_answer, send_print, send_workbook
from apps.common.errors import BusinessError
from apps.common.scans import read_scan
from apps.people.queries import reach_of
from apps.registry.wording import age_of
from apps.volunteers.choices.volunteers import StatementKind
from apps.volunteers.forms.volunteers import LeaveForm, OffersForm, StatementForm
from apps.volunteers.models import Account, TeamMember, Volunteer, VolunteerStatement
from apps.volunteers.queries.search import matching
from apps.volunteers.queries.talent import SERVICES, SKILLS, when_words, where_words, words_of
from apps.volunteers.queries.teams import teams_of
from apps.volunteers.queries.volunteers import missing_words, papers_of, rules_of
from apps.volunteers.services import volunteers

from . import links
from .talent import TalentPages
from .volunteer_filters import HereFilter, PapersFilter, ServiceFilter, SkillFilter, TeamFilter
from .volunteer_find import RegisterPages
from .volunteer_letters import LetterPages
from .volunteer_page import blocks_of, figures_of, missing_of_page
from .volunteer_papers import PaperPages

CONTACT = "volunteers.view_volunteer_contact"
COLUMNS = (
    "序号", "姓名", "年龄", "专长", "专长说明", "愿意做的服务", "有空的时间", "愿意去的地方", "志愿服务队", "书面材料",
    "登记日期",
)  # fmt: skip


@admin.register(Volunteer)
class VolunteerAdmin(TalentPages, PaperPages, RegisterPages, LetterPages, PageRecordAdmin):
    has_page = True
    elsewhere = "登记单位不在您的管理范围内。"
    add_label = "登记志愿者"
    empty_words = "老干部和社区里的热心人都可以登记。已经有名单的，用“导入名单”。"
    list_display = ("name", "age", "skill_words", "team_words", "paper_words")
    list_display_links = ("name",)
    list_filter = (TeamFilter, SkillFilter, ServiceFilter, PapersFilter, HereFilter)
    search_fields = ("person__name",)
    search_help_text = "姓名、拼音，手机号或身份证后四位"
    select_related_in_list = select_related_in_record = ("person", "unit")
    ordering = ("person__name_sort_key", "pk")
    fields = ()

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        asked, condition = matching(search_term)
        if asked.is_number:
            audit.look("search", actor=request.user, fields=[asked.value], request=request)
        return (queryset.filter(condition) if condition is not None else queryset.none()), False

    def people_of(self, obj):
        return [obj.pk]

    def title_of(self, obj):
        return obj.person.name

    # List

    @admin.display(description="姓名", ordering="person__name_sort_key")
    def name(self, obj):
        return obj.person.name

    @admin.display(description="年龄")
    def age(self, obj):
        return age_of(obj.person, timezone.localdate())

    @admin.display(description="专长")
    def skill_words(self, obj):
        return words_of(obj.skills, SKILLS)

    @admin.display(description="志愿服务队")
    def team_words(self, obj):
        return "、".join(row.team.name for row in obj.rows_of_teams)

    @admin.display(description="书面材料")
    def paper_words(self, obj):
        if obj.left_on:
            return f"{day(obj.left_on)}退出"
        return format_html('<span class="tag late">不齐</span> {}', obj.missing) if obj.missing else "齐"

    @staticmethod
    def with_words(rows: list[Volunteer]) -> list[Volunteer]:
        """The same rows with `missing` (why nothing may be given him today) and `rows_of_teams`."""
        today = timezone.localdate()
        ids = [row.pk for row in rows]
        rules, papers, teams = rules_of(rows, today), papers_of(ids), teams_of(ids, today)
        for row in rows:
            row.missing = missing_words(row, papers.get(row.pk, ()), today, rules[row.pk])
            row.rows_of_teams = teams.get(row.pk, [])
        return rows

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        found.result_list = self.with_words(list(found.result_list))
        return found

    def list_tools(self, request):
        query = self.query_of(request)
        tools = [
            {"label": "银发人才", "url": self.plain_url("talent")},
            {"label": "材料不齐的", "url": self.plain_url("papers")},
            {"label": "打印", "url": f"{self.plain_url('list')}?as=print{query}"},
            {"label": "导出 Excel", "url": f"{self.plain_url('list')}?as=xlsx{query}"},
            {"label": "打印感谢信", "url": f"{self.plain_url('letters')}?{query.removeprefix('&')}"},
        ]
        if request.user.has_perm("volunteers.add_volunteerbatch"):
            url = self.admin_site.get_model_admin(self.batch_model).plain_url("add")
            tools.append({"label": "导入名单", "url": url})
        return tools

    def extra_pages(self):
        return [
            ("list", "list/", self.list_view), *self.talent_pages(), *self.paper_pages(), *self.register_pages(),
            *self.letter_pages(),
            ("offers", "<path:object_id>/offers/", self.offers_view),
            ("statement", "<path:object_id>/statement/", self.statement_view),
            ("leave", "<path:object_id>/leave/", self.leave_view),
        ]  # fmt: skip

    def list_view(self, request):
        """The list as it is filtered, on paper or as a workbook; phones for those who may see them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        rows = self.filtered_rows(request).prefetch_related("times", "communities")
        found = self.with_words(list(rows))
        return self.send_rows(request, "志愿者名册", found, as_file=as_file, back=self.plain_url("changelist"))

    def send_rows(self, request, title: str, rows: list[Volunteer], *, as_file: bool, back: str, scope: str = "",
                  reasons=None):  # fmt: skip
        """Volunteers (with words, times and communities) as a print or a workbook, logged."""
        contact = request.user.has_perm(CONTACT)
        people = [row.pk for row in rows]
        reach = reach_of(people, with_phones=True) if contact else {}
        columns = [*COLUMNS, *(["为什么合适"] if reasons else []), *(["电话"] if contact else [])]
        today = timezone.localdate()
        lines = []
        for number, row in enumerate(rows, 1):
            line = [
                number, row.person.name, age_of(row.person, today), words_of(row.skills, SKILLS), row.strengths,
                words_of(row.wishes, SERVICES), when_words(row), where_words(row), self.team_words(row),
                row.missing or "齐", row.joined_on,
            ]  # fmt: skip
            line += [reasons.get(row.pk, "")] if reasons else []
            if contact:
                line.append("、".join(one.shown for one in reach[row.pk].numbers))
            lines.append(line)
        target = "volunteers.volunteer:list"
        if as_file:
            return send_workbook(request, title, columns, lines, target=target, people=people)
        return send_print(
            self, request, title, columns, lines, back=back, order="按姓名拼音排列", scope=scope or f"{len(rows)} 人",
            target=target, people=people, recall=True,
        )  # fmt: skip

    # One volunteer

    def tags(self, obj):
        tags = [(f"{day(obj.left_on)}退出", "late")] if obj.left_on else []
        return tags + super().tags(obj)

    def read_page(self, request, obj):
        contact = request.user.has_perm(CONTACT)
        audit.look(
            "volunteer.see", actor=request.user, people=[obj.pk], fields=["contact"] if contact else [],
            target=self._target(obj), request=request,
        )  # fmt: skip
        context = {
            "title": self.title_of(obj), "original": obj, "list_url": self.plain_url("changelist"),
            "list_words": self.opts.verbose_name, "tools": self.record_tools(request, obj), "tags": self.tags(obj),
            "blocks": list(blocks_of(obj, request.user, contact=contact)), "figures": figures_of(obj),
            "missing": "" if obj.left_on else missing_of_page(obj), "contact": contact,
            "reach": reach_of([obj.pk], with_phones=contact).get(obj.pk),
        }  # fmt: skip
        return self.page(request, "admin/volunteers/volunteer_page.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Written by the acts beside it only."""
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            self.actable(request, object_id)
            raise Http404
        asked = request.GET.copy()
        asked.pop("edit", None)
        request.GET = asked
        return super().change_view(request, object_id, form_url, extra_context)

    def record_tools(self, request, obj):
        history = [*links.person_tools(request.user, obj.pk), *self._account_tools(request, obj)]
        history.append({"label": "谁改过什么", "url": self.url_of("history", obj)})
        blanks = {"label": "打印空白表", "url": self.url_of("blanks", obj)}
        letter = {"label": "打印感谢信", "url": self.url_of("letter", obj)}
        if not self.may_change(request, obj) or obj.voided_at:
            return [letter, blanks, *history]
        if obj.left_on:
            return [{"label": "重新登记", "url": self.plain_url("add")}, letter, *history]
        acts = (("登记材料", "statement"), ("改资料", "offers"), ("退出", "leave"), ("作废", "void"))
        return [*({"label": label, "url": self.url_of(key, obj)} for label, key in acts), letter, blanks, *history]

    def _account_tools(self, request, obj) -> list[dict]:
        """The way to his time account, where he has one in the user's units. One query."""
        rows = Account.objects.visible_to(request.user, "volunteers.view_account").filter(person=obj.pk)
        key = rows.order_by("-pk").values_list("pk", flat=True).first()
        return [{"label": "时间账户", "url": links.page_of("account", key)}] if key else []

    def apply_voiding(self, request, obj, act, reason):
        """Whoever stands in a team leaves first, so that no voided entry stays there."""
        if act == "void" and TeamMember.objects.on(timezone.localdate()).filter(volunteer=obj).exists():
            raise BusinessError("他还在志愿服务队里，请先办退出，再作废。", code="member")
        super().apply_voiding(request, obj, act, reason)

    def offers_view(self, request, object_id):
        volunteer = self.actable(request, object_id)
        form = OffersForm(request.POST or None, initial=OffersForm.initial_of(volunteer))

        def perform(_):
            volunteers.change(volunteer, form.offers(), actor=request.user, on=timezone.localdate())

        return self.one_act(
            request, volunteer, form, title="改资料", perform=perform, done="已保存。",
            lead="照他本人的意思填。姓名、电话、住址在人员资料里改。",
        )  # fmt: skip

    def statement_view(self, request, object_id):
        volunteer = self.actable(request, object_id)
        form = StatementForm(request.POST or None, request.FILES or None)
        asked = request.GET.get("kind", "")
        form.fields["kind"].initial = asked if asked in StatementKind.values else StatementKind.WILLING

        def perform(values):
            file = values["scan"]
            row = volunteers.record_statement(
                volunteer, values["kind"], signed_on=values["signed_on"], ends_on=values["ends_on"],
                limits=values["limits"], insurer=values["insurer"], document_no=values["document_no"],
                scan=read_scan(file) if file else None, actor=request.user, on=timezone.localdate(),
                form_key=values["key"],
            )  # fmt: skip
            until = f"，到{day(row.ends_on)}" if row.ends_on else ""
            return f"已登记{row.get_kind_display()}{until}。"

        return self.one_act(
            request, volunteer, form, title="登记材料", perform=perform, done="已登记。", button="登记",
            lead="收到签好字的纸质材料以后在这里登记。身体状况照他自己说的写，不写病名。",
        )  # fmt: skip

    def leave_view(self, request, object_id):
        volunteer = self.actable(request, object_id)
        form = LeaveForm(request.POST or None)

        def perform(values):
            volunteers.leave(volunteer, on=values["on"], reason=values["reason"], actor=request.user)

        return self.one_act(
            request, volunteer, form, title="退出", perform=perform, button="退出",
            done="已退出，队里的任职同日结束，做过的服务都还在。再来时重新登记就行。",
            lead="来去自愿。退出以后不再安排；做过的服务和时长都保留。",
        )  # fmt: skip


@admin.register(VolunteerStatement)
class VolunteerStatementAdmin(PageRecordAdmin):
    """One paper: read, its scan looked at, voided when it was entered by mistake. Recorded at the volunteer's page."""

    elsewhere = "这位志愿者不在您的管理范围内。"
    list_display = ("name", "kind", "starts_on", "ends_on", "insurer")
    list_filter = ("kind",)
    select_related_in_list = select_related_in_record = ("volunteer__person", "volunteer__unit", "scan")
    fields = ("kind", ("starts_on", "ends_on"), ("document_no", "insurer"), "limits")
    readonly_fields = ("kind", "starts_on", "ends_on", "document_no", "insurer", "limits")

    def unit_of(self, obj):
        return obj.volunteer.unit_id

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
        return [("file", "<path:object_id>/file/", self.file_view)]

    def record_tools(self, request, obj):
        page = self.admin_site.get_model_admin(Volunteer).url_of("change", obj.volunteer)
        tools = [tool for tool in super().record_tools(request, obj) if tool["label"] != "修改"]
        return [{"label": "回到志愿者", "url": page}, *tools]

    def file_view(self, request, object_id):
        """The scan; the look is logged before a byte leaves."""
        row = self.readable(request, object_id)
        if row.scan is None:
            raise Http404
        audit.look("volunteer.scan", actor=request.user, people=[row.volunteer_id], request=request)
        try:
            data = attachments.read(row.scan)
        except FileNotFoundError:
            raise Http404 from None
        return file_answer(data, row.scan.filename, row.scan.content_type, as_attachment=False)
