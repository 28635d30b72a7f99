"""遗属: the register of families of deceased comrades, their visits, and who was not visited this year."""

import uuid

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin_pages import Block, day
from apps.common.code_lists import names_of
from apps.common.forms import PortalForm
from apps.common.phone import masked_phone, readable_phone
from apps.ledgers.choices import ContactKind
from apps.ledgers.forms.cases import FamilyChangeForm, FamilyEndForm, FamilyForm, FamilyVisitForm
from apps.ledgers.models import Contact, FamilyInCare
from apps.ledgers.queries.assessments import codes_words
from apps.ledgers.queries.families import unvisited, with_last_visit
from apps.ledgers.services.contacts import ContactFacts
from apps.ledgers.services.families import change_family, end_family, register_family, take_up_family, visit_family
from apps.people.models import Relative
from apps.registry.admin.scope import may_on

from .case_base import ListPaper, OfCadreRecord
from .filters import DefaultFilter, UnitOfCadreFilter

VIEW_CONTACT = "people.view_contact"
PAPER_COLUMNS = ("遗属", "关系", "已故老同志", "离世时间", "管理单位", "住在哪里", "特殊困难", "最近慰问", "签收")
MOST_VISITS = 20


class FamilyFilter(DefaultFilter):
    """Without a choice: who is looked after now."""

    default_label = "正在联系"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [("unvisited", "今年还没慰问"), ("hard", "有特殊困难"), ("ended", "已停止"), ("void", "作废的")]

    def queryset(self, request, queryset):
        value = self.value()
        if value == "void":
            return queryset.filter(voided_at__isnull=False)
        if value == "ended":
            return queryset.standing().filter(ends_on__isnull=False)
        if value == "hard":
            return queryset.open().exclude(difficulties=[])
        if value == "unvisited":
            return unvisited(queryset, timezone.localdate().year)
        return queryset.open()


def relation_words(relative: Relative) -> str:
    return relative.relation_note or names_of("relation").get(relative.relation, "")


@admin.register(FamilyInCare)
class FamilyInCareAdmin(OfCadreRecord):
    voidable = True
    add_label = "登记遗属"
    add_lead = "先选已故的老同志；家属在他的联系人里的直接选，没有的填姓名和电话。"
    add_form, change_form_class = FamilyForm, FamilyChangeForm
    empty_words = "老同志离世以后，需要继续联系和慰问的家属登记在这里。"
    list_display = ("family", "relation", "of_whom", "unit", "address", "yearly_words", "visited")
    list_display_links = ("family",)
    list_filter = (FamilyFilter, UnitOfCadreFilter)
    select_related_in_list = (*OfCadreRecord.select_related_in_list, "relative")
    select_related_in_record = (*OfCadreRecord.select_related_in_record, "relative")
    search_help_text = "已故老同志的姓名、拼音或首字母"
    ordering = ("cadre__managing_unit__path", "pk")

    def get_queryset(self, request):
        return with_last_visit(super().get_queryset(request))

    def title_of(self, obj):
        return f"遗属：{obj.relative.name}（{obj.cadre.person.name}的{relation_words(obj.relative)}）"

    def extra_pages(self):
        return [
            ("sheet", "sheet/", self.sheet_view),
            ("visit", "<path:object_id>/visit/", self.visit_view),
            ("end", "<path:object_id>/end/", self.end_view),
            ("take-up", "<path:object_id>/take-up/", self.take_up_view),
        ]

    def list_tools(self, request):
        return self.paper_tools(request, "sheet")

    @admin.display(description="遗属")
    def family(self, obj):
        return obj.relative.name

    @admin.display(description="关系")
    def relation(self, obj):
        return relation_words(obj.relative)

    @admin.display(description="已故老同志")
    def of_whom(self, obj):
        return self.who(obj)

    @admin.display(description="每年慰问")
    def yearly_words(self, obj):
        return "是" if obj.yearly else ""

    @admin.display(description="最近慰问")
    def visited(self, obj):
        this = timezone.localdate().year
        if obj.visited_on is not None and obj.visited_on.year == this:
            return day(obj.visited_on)
        if obj.yearly and obj.ends_on is None:
            return format_html('{} <span class="tag soon">今年还没慰问</span>', day(obj.visited_on))
        return day(obj.visited_on)

    # Writing

    def furnish(self, request, form, cadre):
        if "relative" in form.fields and cadre is not None:
            form.fields["relative"].queryset = Relative.objects.filter(
                person_id=cadre.pk, voided_at__isnull=True, is_living=True
            )
        elif "relative" in form.fields:
            del form.fields["relative"]
            form.fields["name"].help_text = ""

    def create(self, request, cadre, form):
        key = form.cleaned_data["form_key"]
        return register_family(form.facts(), cadre=cadre, actor=request.user, on=timezone.localdate(), form_key=key)

    def values_of(self, obj):
        return {name: getattr(obj, name) for name in ("address", "yearly", "difficulties", "note")}

    def change(self, request, obj, form):
        change_family(obj, form.facts(), actor=request.user, version=form.cleaned_data["seen_version"])

    def visit_view(self, request, object_id):
        obj = self.actable(request, object_id)
        if obj.ends_on:
            raise PermissionDenied
        first = {"happened_on": timezone.localdate(), "form_key": uuid.uuid4()}
        form = FamilyVisitForm(request.POST if request.method == "POST" else None, initial=first)

        def record(values):
            key = values.pop("form_key")
            facts = ContactFacts(kind=ContactKind.FAMILY, **values, outcome="answered")
            visit_family(obj, facts, actor=request.user, on=timezone.localdate(), form_key=key)

        lead = f"看望{obj.cadre.person.name}的{relation_words(obj.relative)}{obj.relative.name}。"
        return self.one_act(request, obj, form, title="记遗属慰问", lead=lead, done="慰问已记下。", perform=record)

    def end_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = FamilyEndForm(request.POST if request.method == "POST" else None)
        return self.one_act(
            request, obj, form, title="不再列为遗属", button="确定", done="已停止。记错了可以“重新联系”。",
            perform=lambda values: end_family(obj, **values, actor=request.user, on=timezone.localdate()),
        )  # fmt: skip

    def take_up_view(self, request, object_id):
        obj = self.actable(request, object_id)
        if obj.ends_on is None:
            return HttpResponseRedirect(self.url_of("change", obj))
        form = PortalForm(request.POST if request.method == "POST" else None)
        return self.one_act(
            request, obj, form, title="重新联系", lead="撤回停止，继续联系和慰问。", button="重新联系",
            done="已恢复。", perform=lambda values: take_up_family(obj, actor=request.user),
        )  # fmt: skip

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.voided_at:
            return tools
        if obj.ends_on is None and self.may_change(request, obj):
            for tool in tools:
                tool["main"] = False
            tools.insert(0, {"label": "记遗属慰问", "url": self.url_of("visit", obj), "main": True})
        if self.may_change(request, obj):
            act, words = ("end", "不再列为遗属") if obj.ends_on is None else ("take-up", "重新联系")
            tools.insert(1, {"label": words, "url": self.url_of(act, obj)})
        return tools

    # One family

    def tags(self, obj):
        now = ("正在联系", "done") if obj.ends_on is None else ("已停止", "")
        return [*super().tags(obj), now]

    def blocks(self, request, obj):
        relative, person = obj.relative, obj.cadre.person
        phone = relative.phone or ""
        shown = readable_phone(phone) if may_on(request, obj.cadre_id, VIEW_CONTACT) else masked_phone(phone)
        died = person.died_on.display() if person.died_on else ""
        facts = [
            ("姓名", relative.name), ("和老同志的关系", relation_words(relative)), ("电话", shown),
            ("住在哪里", obj.address), ("每年慰问", "是" if obj.yearly else "否"),
            ("特殊困难", codes_words("special_difficulty", obj.difficulties) or "没有"), ("情况", obj.note),
            ("已故老同志", f"{person.name}　{died}离世".strip()), ("登记日期", day(obj.starts_on)),
        ]  # fmt: skip
        if obj.ends_on:
            facts.append(("停止", f"{day(obj.ends_on)}　{obj.get_end_because_display()}　{obj.end_note}".strip()))
        yield Block("遗属情况", facts)
        rows = Contact.objects.standing().filter(participants__person_id=obj.cadre_id, kind=ContactKind.FAMILY)
        visits = rows.select_related("recorded_by", "on_behalf_of").defer("body_state", "thoughts")
        yield Block(
            "历次慰问", columns=("日期", "方式", "慰问领导", "慰问金（品）", "谁去的", "情况"), empty="还没有慰问过。",
            rows=[
                [{"text": day(row.happened_on), "url": reverse("admin:ledgers_contact_change", args=[row.pk])},
                 row.get_method_display(), row.leaders,
                 "　".join(filter(None, (row.gifts, f"{row.money} 元" if row.money else ""))),
                 str(row.on_behalf_of or row.recorded_by or ""), row.summary]
                for row in visits.order_by("-happened_on", "-pk")[:MOST_VISITS]
            ],
        )  # fmt: skip

    seen_fields = ("relative_phone",)

    def sheet_view(self, request):
        """遗属名册, with room to sign."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        rows = list(self.filtered_rows(request))
        paper = ListPaper(
            title="遗属名册", columns=PAPER_COLUMNS, people=[row.cadre_id for row in rows], order="单位",
            rows=[sheet_cells(row) for row in rows],
        )  # fmt: skip
        return self.send_paper(request, paper, back=self.list_url(), as_file=as_file)


def sheet_cells(row: FamilyInCare) -> list[str]:
    person = row.cadre.person
    return [
        row.relative.name,
        relation_words(row.relative),
        person.name,
        person.died_on.display() if person.died_on else "",
        row.cadre.managing_unit.short_name or row.cadre.managing_unit.name,
        row.address,
        codes_words("special_difficulty", row.difficulties),
        day(row.visited_on),
        "",
    ]
