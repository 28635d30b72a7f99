"""Outside posts on the staff side: found, entered, ended, renewed; what ends soon, what goes beyond the limits."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_lists import PickFilter
from apps.common.admin_pages import Block, day, posted
from apps.common.code_lists import names_of
from apps.volunteers.choices.posts import PostEnd
from apps.volunteers.forms.posts import EndForm, PostForm, RenewAssociationForm, RenewForm
from apps.volunteers.models import OutsidePost, PostBatch
from apps.volunteers.queries.elders import is_elder
from apps.volunteers.queries.posts import FIELDS, KINDS, ending, warnings_of
from apps.volunteers.rules.times import length_words
from apps.volunteers.services import posts as acts

from .elders import ElderPages, one_person, picked
from .links import page_of
from .outside_base import CodeFilter, OutsideRecord, ShownFilter
from .outside_figures import PostPages

LAST_PATROLS = 20


class KindFilter(CodeFilter):
    title, parameter_name, code_list = "岗位", "kind", KINDS


class FieldFilter(CodeFilter):
    title, parameter_name, code_list = "作用发挥领域", "field", FIELDS


class HeldFilter(ShownFilter):
    first = "正在任职"
    others = (("ending", "快到期"), ("over", "已离任、已到期"), ("ahead", "还没开始"), ("all", "全部"))

    def narrow(self, rows, value):
        today = timezone.localdate()
        if value == "ending":
            return ending(rows, today)
        if value == "over":
            return rows.filter(ends_on__lte=today)
        if value == "ahead":
            return rows.filter(starts_on__gt=today)
        return rows if value == "all" else rows.on(today)


class CommunityFilter(PickFilter):
    title, parameter_name, field_name = "社区", "community", "community"


class DivisionFilter(PickFilter):
    title, parameter_name, field_name = "区县", "division", "division"


@admin.register(OutsidePost)
class OutsidePostAdmin(PostPages, ElderPages, OutsideRecord):
    form = PostForm
    elder_title = "给其他老人登记社会任职"
    add_label = "登记社会任职"
    empty_words = "老同志在街巷、网格、小区、村里、社会组织担任的职务登记在这里。"
    code_lists = {"kind": KINDS, "field": FIELDS}
    list_display = ("who", "kind_words", "body", "field_words", "level", "term", "state_tag")
    list_display_links = ("who",)
    list_filter = (HeldFilter, FieldFilter, KindFilter, "level", "is_association", CommunityFilter, DivisionFilter)
    search_help_text = "姓名、拼音，手机号、身份证后四位，或任职单位"
    select_related_in_list = ("person", "community")
    select_related_in_record = ("person", "community", "division", "unit", "renewed_from", "renewed_as")
    ordering = ("-starts_on", "-pk")
    fieldsets = (
        (None, {"fields": ("person", ("kind", "duty"), "body", "field")}),
        ("在哪里", {"fields": ("level", ("division", "community"), "place")}),
        ("任期", {"fields": (("starts_on", "ends_on"), ("appointed_by", "document_no"))}),
        ("社会团体兼职", {"fields": ("is_association", ("approval_no", "approved_on"), "is_paid")}),
    )
    sheet_title = "社会任职一览"
    sheet_order = "按任职日期排列，新的在前"
    sheet_columns = (
        "姓名", "岗位", "具体职务", "任职单位", "作用发挥领域", "任职在", "社区、街巷", "自何日起", "到何日",
        "聘任单位", "聘书、文件号", "状态",
    )  # fmt: skip

    def get_search_results(self, request, queryset, search_term):
        """By person, or by a part of the name of the body."""
        found, _ = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if not term or term.isdecimal():
            return found, False
        keys = found.order_by().values("pk").union(queryset.filter(body__contains=term).order_by().values("pk"))
        return queryset.filter(pk__in=keys), False

    @admin.display(description="岗位")
    def kind_words(self, obj):
        return " ".join(filter(None, (names_of(KINDS).get(obj.kind, obj.kind), obj.duty)))

    @admin.display(description="作用发挥领域")
    def field_words(self, obj):
        return names_of(FIELDS).get(obj.field, obj.field)

    @admin.display(description="任期")
    def term(self, obj):
        first, last = term_words(obj).split("至", 1)
        return format_html("{}至<br>{}", first, last)

    @admin.display(description="状态")
    def state_tag(self, obj):
        words, tone = state_of(obj, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def sheet_row(self, obj):
        return [
            obj.person.name, names_of(KINDS).get(obj.kind, obj.kind), obj.duty, obj.body,
            names_of(FIELDS).get(obj.field, obj.field), obj.get_level_display(),
            "　".join(filter(None, (str(obj.community or ""), obj.place))), obj.starts_on, obj.ends_on or "",
            obj.appointed_by, obj.document_no, state_of(obj, timezone.localdate())[0],
        ]  # fmt: skip

    def list_tools(self, request):
        tools = [
            {"label": "人数一览", "url": self.plain_url("figures")},
            {"label": "社会团体兼职核对", "url": self.plain_url("limits")},
        ]
        if self.has_add_permission(request):
            tools.insert(0, {"label": "给其他老人登记", "url": self.plain_url("elder")})
            if request.user.has_perm("volunteers.add_postbatch"):
                url = self.admin_site.get_model_admin(PostBatch).plain_url("add")
                tools.insert(1, {"label": "导入 Excel", "url": url})
        return [*tools, *super().list_tools(request)]

    def extra_pages(self):
        return [
            *super().extra_pages(), *self.counting_pages(), *self.elder_pages(),
            ("end", "<int:pk>/end/", self.end_view), ("renew", "<int:pk>/renew/", self.renew_view),
        ]  # fmt: skip

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Who is no cadre was picked before, and stays whose post it is."""
        form = super().get_form(request, obj, change=change, **kwargs)
        person = obj.person if obj is not None and is_elder(obj.person_id) else picked(request)
        if person is not None and "person" in form.base_fields:
            form.base_fields["person"] = one_person(person, "老同志")
        return form

    def store(self, request, obj, form):
        acts.save_post(obj)
        for sentence in warnings_of([obj], timezone.localdate()).get(obj.pk, []):
            messages.warning(request, sentence)

    # One post

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        more = []
        if obj.ends_on and not obj.ended_because and next_of(obj) is None:
            more.append({"label": "续任", "url": self.url_of("renew", obj), "main": True})
        if not obj.ended_because and next_of(obj) is None:
            more.append({"label": "离任", "url": self.url_of("end", obj)})
        if not more or not more[0].get("main"):
            return [*tools, *more]
        return [*more, *[{**tool, "main": False} for tool in tools]]

    def tags(self, obj):
        return super().tags(obj) or [state_of(obj, timezone.localdate())]

    def blocks(self, request, obj):
        yield Block("任职", facts=self._facts(request, obj))
        if obj.is_association:
            said = warnings_of([obj], timezone.localdate()).get(obj.pk, [])
            yield Block("社会团体兼职", facts=[
                ("审批（备案）文号", obj.approval_no), ("批准日期", day(obj.approved_on)),
                ("领取薪酬、奖金、津贴", "是" if obj.is_paid else "否"),
                *[(f"要核实（{number}）", sentence) for number, sentence in enumerate(said, 1)],
            ])  # fmt: skip
        if request.user.has_perm("volunteers.view_patrol"):
            patrols = list(obj.patrols.visible_to(request.user, "volunteers.view_patrol").current()[:LAST_PATROLS])
            yield Block(
                "最近的巡查", columns=("日期", "用时", "地点", "看到什么"),
                rows=[[{"text": day(row.on), "url": page_of("patrol", row.pk)}, length_words(row.minutes), row.place,
                       row.seen] for row in patrols],
                empty="还没有巡查记录。",
            )  # fmt: skip

    def _facts(self, request, obj):
        facts = [
            ("老同志", self.linked(request, obj)), ("岗位", self.kind_words(obj)), ("任职单位（组织）", obj.body),
            ("作用发挥领域", self.field_words(obj)), ("任职在", obj.get_level_display()),
            ("社区", obj.community or ""), ("区县", obj.division or ""), ("街巷、小区、村", obj.place),
            ("任期", term_words(obj)), ("聘任、推选的单位", obj.appointed_by), ("聘书、文件号", obj.document_no),
            ("登记单位", obj.unit),
        ]  # fmt: skip
        if obj.ended_because:
            facts.append(("离任", "　".join(filter(None, (PostEnd(obj.ended_because).label, obj.ended_note)))))
        if following := next_of(obj):
            facts.append(("续任", term_words(following)))
        return facts

    def end_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        return self.pressed(
            request, obj, EndForm(posted(request)), service=acts.end_post, title="离任", button="登记离任",
            done="已登记离任。登记错了的，在“修改”里改任期就恢复。", lead="写第一天不再担任的日期；以前的记录都留着。",
        )  # fmt: skip

    def renew_view(self, request, pk: int):
        obj = self.actable(request, str(pk))
        form = (RenewAssociationForm if obj.is_association else RenewForm)(posted(request))
        lead = f"这一任到{day(obj.ends_on)}为止，新的任期从这一天接着算。" if obj.ends_on else ""
        return self.pressed(
            request, obj, form, service=acts.renew, title="续任", button="登记续任", done="已登记续任。", lead=lead
        )  # fmt: skip


def next_of(obj: OutsidePost) -> OutsidePost | None:
    """The next term, if it stands."""
    following = getattr(obj, "renewed_as", None)
    return following if following is not None and following.voided_at is None else None


def term_words(obj: OutsidePost) -> str:
    return f"{day(obj.starts_on)}至{day(obj.ends_on) or '今（没有定任期）'}"


def state_of(obj: OutsidePost, today) -> tuple[str, str]:
    """Words and tone of where a post stands on a day."""
    if obj.voided_at:
        return "已作废", "late"
    if obj.starts_on > today:
        return "还没开始", "info"
    if obj.ends_on is None or obj.ends_on > today:
        return ("已登记离任", "soon") if obj.ended_because else ("在任", "done")
    return "已离任" if obj.ended_because else "任期已满", ""
