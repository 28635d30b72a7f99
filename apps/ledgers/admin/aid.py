"""困难帮扶申请: the list, taking one down, its page."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from apps.common import attachments, audit
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.ledgers.choices.aid import AidState, AidVia
from apps.ledgers.forms.aid import AidForm, ChangeForm, initial_of
from apps.ledgers.models import AidApplication
from apps.ledgers.queries.aid import fund_for, rules_for, situation_choices, situation_words, state_words
from apps.ledgers.rules.aid import AidRules
from apps.ledgers.services import aid as services
from apps.ledgers.services.aid_papers import form_of
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre
from apps.registry.queries import find_cadres, find_people

from .aid_acts import AidActs
from .aid_course import course_of
from .aid_filters import AidHelpFilter, AidKindFilter, AidStateFilter, AidViaFilter, AidWhoFilter, AidYearFilter
from .aid_sheets import application_lines, form_blocks, granted_words, yuan
from .filters import UnitOfCadreFilter
from .inquiry_forms import person_words

DETAILS = "ledgers.view_aid_details"
MOST_FOUND = 10
PARTS = ("cadre__person", "cadre__managing_unit", "fund__unit", "notice", "entered_by", "reviewed_by", "decided_by",
         "paper", "meeting", "batch", "measure__need", "receipt")  # fmt: skip
SEALED = ("household", "income", "expense", "medical", "housing", "statement", "kin_at_bureau", "findings",
          "unit_opinion", "review_opinion", "account")  # fmt: skip


@admin.register(AidApplication)
class AidApplicationAdmin(AidActs, RecordAdmin):
    add_label = "登记困难帮扶申请"
    empty_words = "申请期里老同志可以自己在网上填，支部可以代报；这里点“登记困难帮扶申请”也能代录。"
    list_display = (
        "applied", "who", "state_tag", "unit_words", "kind", "help_words", "asked_words", "granted_words", "via",
    )  # fmt: skip
    list_display_links = ("applied", "who")
    list_filter = (AidStateFilter, AidKindFilter, AidHelpFilter, AidWhoFilter, AidViaFilter, AidYearFilter,
                   UnitOfCadreFilter)  # fmt: skip
    search_fields = ("cadre__person__name",)
    search_help_text = "老同志姓名或拼音"
    select_related_in_list = ("cadre__person", "cadre__managing_unit", "notice")
    select_related_in_record = PARTS
    ordering = ("-applied_on", "-pk")
    sortable_by = ()

    def rows_for(self, user, permission):
        return AidApplication.objects.visible_to(user, permission).standing()

    def get_queryset(self, request):
        return super().get_queryset(request).defer(*SEALED) if not self._one(request) else super().get_queryset(request)

    def _one(self, request) -> bool:
        return "object_id" in request.resolver_match.kwargs or "pk" in request.resolver_match.kwargs

    def get_search_results(self, request, queryset, search_term):
        """By name or reading, through the index of names."""
        if not search_term:
            return queryset, False
        asked, people = find_people(search_term)
        return (
            queryset.none() if asked.is_number else queryset.filter(cadre__in=people.order_by().values("pk"))
        ), False

    def people_of(self, obj):
        return [obj.cadre_id]

    def title_of(self, obj):
        return f"{obj.cadre.person.name}：{obj}{'（遗属）' if obj.for_survivors else ''}"

    # List

    @admin.display(description="申请日期")
    def applied(self, obj):
        return f"{obj.applied_on:%Y-%m-%d}"

    @admin.display(description="老同志")
    def who(self, obj):
        return f"{obj.cadre.person.name}{'（遗属）' if obj.for_survivors else ''}"

    @admin.display(description="单位")
    def unit_words(self, obj):
        return obj.cadre.managing_unit.short_name or obj.cadre.managing_unit.name

    @admin.display(description="帮扶方式")
    def help_words(self, obj):
        return obj.get_help_display()

    @admin.display(description="申请（元）")
    def asked_words(self, obj):
        return yuan(obj.requested)

    @admin.display(description="批准（元）")
    def granted_words(self, obj):
        return granted_words(obj)

    @admin.display(description="进度")
    def state_tag(self, obj):
        words, tone = state_words(obj, timezone.localdate())
        return format_html('<span class="tag {}">{}</span>', tone, words)

    def changelist_view(self, request, extra_context=None):
        tools = []
        if request.user.has_perm("ledgers.view_fundyear"):
            tools.append({"label": "资金和批次", "url": reverse("admin:ledgers_fundyear_changelist")})
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    # Addresses

    def get_urls(self):
        name = "ledgers_aidapplication"
        return [
            path("<int:pk>/act/<slug:act>/", self.staff_view(self.act_view), name=f"{name}_act"),
            path("<int:pk>/print/", self.staff_view(self.print_view), name=f"{name}_print"),
            path("<int:pk>/file/<uuid:file>/", self.staff_view(self.file_view), name=f"{name}_file"),
            *super().get_urls(),
        ]

    def viewable(self, request, pk: int) -> AidApplication:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(pk))

    # Taking one down

    def add_view(self, request, form_url="", extra_context=None):
        """Find the person, then one form; finding again keeps what was typed."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        cadre = self.asked_cadre(request)
        if cadre is None:
            return self.find_page(request)
        today = timezone.localdate()
        fund = fund_for(cadre, today.year)
        rules = rules_for(fund, today) if fund else rule_values(AidRules.rule_key, on=today)
        living = cadre.person.life_status != LifeStatus.DECEASED
        form = AidForm(
            request.POST if request.method == "POST" else None,
            situations=situation_choices(rules, living=living),
            living=living,
        )
        form.submit_label = "登记"
        if request.method == "POST" and form.is_valid():
            try:
                row = services.apply(
                    form.facts(), cadre=cadre, actor=request.user, on=today, form_key=form.cleaned_data["key"],
                    via=AidVia.STAFF, late_reason=form.cleaned_data["late_reason"],
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记，等支部或单位入户核实。")
                return HttpResponseRedirect(self.url_of("change", row))
        lead = "" if fund else "今年的帮扶资金还没有登记，先到“帮扶资金”里登记，再来录申请。"
        return self.form_page(request, form, f"登记困难帮扶申请：{cadre.person.name}", lead)

    def form_page(self, request, form, title: str, lead: str, back: str = ""):
        back = back or reverse("admin:ledgers_aidapplication_changelist")
        context = {
            "title": title, "form": form, "media": form.media, "lead": lead, "back": back,
            "list_url": reverse("admin:ledgers_aidapplication_changelist"), "list_words": "困难帮扶申请",
            "buttons": [("save", form.submit_label)],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def asked_cadre(self, request) -> Cadre | None:
        number = request.GET.get("cadre", "")
        if not number:
            return None
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        cadres = Cadre.objects.current().visible_to(request.user, self.right("add"))
        cadre = cadres.select_related("person", "managing_unit").filter(pk=int(number)).first()
        if cadre is None:
            raise Http404
        return cadre

    def find_page(self, request):
        """Whom it is about: found by POST, so that no number stands in an address."""
        text = request.POST.get("asked", "").strip()[:100]
        cadres: list[Cadre] = []
        if text:
            asked, cadres = find_cadres(text, request.user, most=MOST_FOUND)
            audit.look(
                "search", actor=request.user, people=[cadre.pk for cadre in cadres], fields=[asked.value],
                request=request,
            )  # fmt: skip
        add = reverse("admin:ledgers_aidapplication_add")
        context = {
            "title": "登记困难帮扶申请", "asked": text,
            "found": [(person_words(cadre), f"{add}?cadre={cadre.pk}") for cadre in cadres],
        }  # fmt: skip
        return self.page(request, "admin/ledgers/aid_find.html", context)

    # One application

    def may_see_details(self, request, row: AidApplication) -> bool:
        return may_on(request, row.cadre_id, DETAILS)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if request.method in SAFE_METHODS and EDIT not in request.GET:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.reading_record = True
            return self.application_page(request, row)
        return self.edit_page(request, row)

    def may_change(self, request, obj):
        """Correcting stops with the verification; and whoever corrects it sees the family's particulars."""
        if not super().may_change(request, obj):
            return False
        if obj is None or obj.pk is None:
            return True
        return self.may_see_details(request, obj)

    def edit_page(self, request, row: AidApplication):
        if not self.may_change(request, row):
            raise PermissionDenied
        if row.state not in (AidState.APPLIED, AidState.RETURNED):
            messages.warning(request, "已经核实的申请不能再改；要改请先退回补正。")
            return HttpResponseRedirect(self.url_of("change", row))
        today = timezone.localdate()
        rules = rules_for(row.fund, today)
        form = ChangeForm(
            request.POST if request.method == "POST" else None,
            situations=situation_choices(rules, living=not row.for_survivors),
            living=not row.for_survivors, initial={**initial_of(row), "seen": row.version},
        )  # fmt: skip
        if request.method == "GET":
            self.note_look(request, row)
        elif form.is_valid():
            try:
                services.change(row, form.facts(), actor=request.user, on=today, seen=form.cleaned_data["seen"])
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已保存。")
                return HttpResponseRedirect(self.url_of("change", row))
        return self.form_page(request, form, f"修改：{self.title_of(row)}", "", self.url_of("change", row))

    def note_look(self, request, row: AidApplication) -> None:
        audit.look(
            "aid.see", actor=request.user, people=[row.cadre_id], fields=["details"], request=request,
            target=f"ledgers.aidapplication:{row.pk}",
        )  # fmt: skip

    def application_page(self, request, row: AidApplication):
        details = self.may_see_details(request, row)
        if details:
            self.note_look(request, row)
        words, tone = state_words(row, timezone.localdate())
        context = {
            "title": self.title_of(row), "original": row, "row": row, "details": details, "words": words,
            "tone": tone, "facts": application_lines(row, details=details), "course": course_of(row, details),
            "situations": situation_words(row.situations) if details else [],
            "files": list(row.evidence.select_related("attachment")) if details else [],
            "steps": list(row.steps.select_related("entered_by")), "acts": self.acts_of(request, row),
            "tools": self.record_tools(request, row),
            "votes": list(row.votes.select_related("meeting")),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/aid_page.html", context)

    def record_tools(self, request, obj):
        tools = [tool for tool in super().record_tools(request, obj) if tool["label"] != "修改"]
        person = reverse("admin:registry_cadre_change", args=[obj.cadre_id])
        fund = reverse("admin:ledgers_fundyear_change", args=[obj.fund_id])
        found = [
            {"label": "个人页面", "url": person}, {"label": "打印申请表", "url": self.url_of("print", obj)},
            {"label": "资金和批次", "url": fund},
        ]  # fmt: skip
        if self.may_change(request, obj) and obj.state in (AidState.APPLIED, AidState.RETURNED):
            found.insert(0, {"label": "修改", "url": f"{self.url_of('change', obj)}?{EDIT}=1"})
        return [*found, *tools]

    def print_view(self, request, pk: int):
        """特困申请表; numbered by whoever may change it, it is a paper that is waited for."""
        row = self.viewable(request, pk)
        details = self.may_see_details(request, row)
        paper = row.paper if row.paper and row.paper.state != PaperState.CANCELLED else None
        numbers = paper is None and self.may_change(request, row)
        if request.method == "POST" and numbers:
            form_of(row, actor=request.user)
            return HttpResponseRedirect(self.url_of("print", row))
        audit.look(
            "print", actor=request.user, people=[row.cadre_id], reason="特困申请表", request=request,
            fields=["details"] if details else [], target=f"ledgers.aidapplication:{row.pk}",
        )  # fmt: skip
        title = "遗属特殊困难补助申请表" if row.for_survivors else "特殊困难离退休干部帮扶申请表"
        frame = frame_for(
            request, title, paper=paper, scope=str(row), back_url=self.url_of("change", row),
            number_as="编号，送单位签章" if numbers else "",
        )  # fmt: skip
        context = {
            "frame": frame, "lines": application_lines(row, details=details),
            "blocks": form_blocks(row, details=details),
        }  # fmt: skip
        response = render(request, "print/aid_form.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def file_view(self, request, pk: int, file):
        """A proof or a receipt, on record before it leaves; only for who may see the particulars."""
        row = self.viewable(request, pk)
        if not self.may_see_details(request, row):
            raise Http404
        kept = [one.attachment for one in row.evidence.select_related("attachment")]
        kept += [row.receipt] if row.receipt_id else []
        found = next((one for one in kept if one.public_id == file and one.purged_at is None), None)
        if found is None:
            raise Http404
        audit.look("download", actor=request.user, people=[row.cadre_id], request=request,
                   target=f"common.attachment:{found.pk}")  # fmt: skip
        return file_response(found)


def file_response(found):
    """A stored proof to look at: never as a page of ours, never cached."""
    response = HttpResponse(attachments.read(found), content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(False, found.filename)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
