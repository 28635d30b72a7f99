"""抽签表: found by number or name, looked at, printed, taken back at the person's wish."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.people.models import Person
from apps.signups.choices import SignUpState
from apps.signups.models import Ticket, TicketHolder
from apps.signups.services.tickets import withdraw_ticket
from apps.university.forms.rounds import WithdrawForm
from apps.university.queries.rounds import CLASS, phone_of, ticket_view

MOST_FOUND = 200


class WithdrawnFilter(admin.SimpleListFilter):
    """Without a choice: tickets that stand."""

    title, parameter_name = "撤回", "withdrawn"

    def lookups(self, request, model_admin):
        return [("yes", "已撤回"), ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "没有撤回的"}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(withdrawn_at__isnull=self.value() != "yes")


@admin.register(Ticket)
class TicketAdmin(RecordAdmin):
    list_display = ("number", "holder_names", "round", "choice_words", "lots", "source", "created_at")
    list_display_links = ("number",)
    list_filter = ("round", "source", WithdrawnFilter)
    search_fields = ("number",)
    search_help_text = "抽签编号，或完整姓名"
    select_related_in_list = ("round",)
    select_related_in_record = ("round__unit",)
    ordering = ("-pk",)
    sortable_by = ()
    empty_words = "有人在网上、窗口或电话报抽签的班以后，抽签表列在这里。"

    def rows_for(self, user, permission):
        rows = Ticket.objects.visible_to(user, "signups.view_round").filter(round__kind=CLASS, voided_at__isnull=True)
        return rows if permission == "signups.view_ticket" and user.has_perm(permission) else rows.none()

    def has_add_permission(self, request):
        return False

    def get_search_results(self, request, queryset, search_term):
        """By number, or by the full name of who stands on it."""
        text = "".join(search_term.split())
        if not text:
            return queryset, False
        if text.isdigit():
            return queryset.filter(number=text), False
        people = Person.objects.filter(name=text).order_by("pk").values("pk")[:MOST_FOUND]
        held = TicketHolder.objects.filter(person__in=people, withdrawn_at__isnull=True).values("ticket_id")
        return queryset.filter(pk__in=held), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        names: dict[int, list[str]] = {}
        for ticket, name in (
            TicketHolder.objects.filter(ticket__in=rows).order_by("pk").values_list("ticket_id", "person__name")
        ):
            names.setdefault(ticket, []).append(name)
        titles: dict[int, list[str]] = {}
        asked = changelist.model._meta.get_field("sign_ups").related_model.objects
        asked = asked.filter(ticket__in=rows, voided_at__isnull=True).exclude(state=SignUpState.UNDONE)
        pairs = asked.order_by("preference", "pk").values_list("ticket_id", "offering__title")
        for ticket, title in dict.fromkeys(pairs):
            titles.setdefault(ticket, []).append(title)
        for row in rows:
            row.names, row.titles = names.get(row.pk, []), titles.get(row.pk, [])
        changelist.result_list = rows
        return changelist

    @admin.display(description="报名人")
    def holder_names(self, obj):
        return "、".join(obj.names)

    @admin.display(description="志愿（按先后）")
    def choice_words(self, obj):
        return "；".join(obj.titles)

    # Pages

    def get_urls(self):
        name = "signups_ticket"
        return [
            path("<int:pk>/receipt/", self.staff_view(self.receipt_view), name=f"{name}_receipt"),
            path("<int:pk>/withdraw/", self.staff_view(self.withdraw_view), name=f"{name}_withdraw"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What the ticket asks and how it stands."""
        ticket = self.get_object(request, object_id)
        people = list(ticket.holders.order_by("pk").select_related("person"))
        context = {
            "title": f"抽签表 {ticket.number}", "original": ticket, "ticket": ticket, "view": ticket_view(ticket),
            "names": "、".join(one.person.name for one in people), "record_tools": self.record_tools(request, ticket),
        }  # fmt: skip
        return self.page(request, "admin/university/ticket_page.html", context)

    def record_tools(self, request, obj) -> list[dict]:
        tools = [{"label": "打印回执", "url": reverse("admin:signups_ticket_receipt", args=[obj.pk]), "main": True}]
        if self.may_withdraw(request, obj):
            tools.append({"label": "撤回", "url": reverse("admin:signups_ticket_withdraw", args=[obj.pk])})
        return tools

    def may_withdraw(self, request, ticket) -> bool:
        rounds = Ticket.objects.visible_to(request.user, "signups.change_round")
        is_open = ticket.round.state == "collect" and timezone.now() < ticket.round.closes_at
        return is_open and not ticket.withdrawn_at and rounds.filter(pk=ticket.pk).exists()

    def receipt_view(self, request, pk):
        """回执: number, choices, when and where the draw is, whom to ring."""
        ticket = self.get_object(request, str(pk))
        people = list(ticket.holders.order_by("pk").select_related("person"))
        audit.look("print", actor=request.user, people=[one.person_id for one in people], request=request)
        context = {
            "frame": frame_for(
                request, "抽签报名回执", scope=str(ticket.round), recall=False, back_url=self.url_of("change", ticket)
            ),
            "ticket": ticket, "round": ticket.round, "view": ticket_view(ticket), "phone": phone_of(ticket.round),
            "names": "、".join(one.person.name for one in people),
            "address": request.build_absolute_uri(reverse("university:draw", args=[ticket.round.public_id])),
        }  # fmt: skip
        return self.page(request, "print/draw_receipt.html", context)

    def withdraw_view(self, request, pk):
        ticket = self.get_object(request, str(pk))
        form = WithdrawForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and self.may_withdraw(request, ticket) and form.is_valid():
            try:
                withdraw_ticket(ticket, actor=request.user, now=timezone.now())
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"抽签表 {ticket.number} 已撤回，本人可以重新报。")
                return HttpResponseRedirect(self.url_of("change", ticket))
        if not self.may_withdraw(request, ticket):
            messages.error(request, "报名截止以后，或者已经撤回的，不能再撤回。")
            return HttpResponseRedirect(self.url_of("change", ticket))
        context = {
            "title": f"撤回抽签表 {ticket.number}", "form": form,
            "lead": "撤回后这张表不参加抽签。截止以前可以重新报。",
            "buttons": [("go", "撤回")], "back": self.url_of("change", ticket),
            "list_url": reverse("admin:signups_ticket_changelist"), "list_words": "抽签表",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)
