from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from apps.common.admin import RecordAdmin
from apps.messaging.models import Delivery
from apps.messaging.rules import template

from . import views
from .access import VIEW_RUN, deliveries_for, reminders_for
from .choices import ReminderKind, ReminderState
from .models import Reminder
from .rules import template_key

STATE_TONES = {ReminderState.MISSED: "late", ReminderState.HANDED: "done", ReminderState.PENDING: "info"}
DELIVERY_TONES = {"sent": "done", "failed": "late", "unknown": "soon", "handed": "info"}


class ReadOnlyAdmin(RecordAdmin):
    """Rows written by the clock alone: nobody adds or changes them here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def record_tools(self, request, obj):
        return []

    def history_view(self, request, object_id, extra_context=None):
        return HttpResponseRedirect(self.url_of("change", self.get_object(request, object_id)))


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ("due_on", "who", "what", "occasion_date", "role", "recipient", "state_words")
    list_filter = ("kind", "stage", "role", "state")
    list_display_links = None
    date_hierarchy = None
    ordering = ("-due_on", "-id")
    select_related_in_list = ("person", "organisation", "message__user")
    fields = (
        "kind", "person", "organisation", "occasion_date", "age", "stage", "role", "due_on", "valid_until", "state",
        "planned_at", "decided_at",
    )  # fmt: skip

    def rows_for(self, user, permission):
        return reminders_for(user, permission)

    @admin.display(description="老同志或党组织", ordering=None)
    def who(self, obj):
        if obj.organisation_id:
            url = reverse("admin:branches_organisation_change", args=[obj.organisation_id])
            return format_html('<a href="{}">{}</a>', url, obj.organisation.name)
        url = reverse("admin:registry_cadre_change", args=[obj.person_id])
        return format_html('<a href="{}">{}</a>', url, obj.person.name)

    @admin.display(description="提醒什么")
    def what(self, obj):
        if obj.kind == ReminderKind.BRANCH:
            return template(template_key(obj.kind, obj.stage, obj.subject_key)).label
        return f"{obj.get_kind_display()}　{obj.get_stage_display()}"

    @admin.display(description="发给", empty_value="—")
    def recipient(self, obj):
        return obj.message.user.display_name if obj.message_id and obj.message.user_id else None

    @admin.display(description="状态")
    def state_words(self, obj):
        if obj.state == ReminderState.PENDING and obj.note:
            return format_html('<span class="tag soon">{}</span>', "没有责任人")
        return format_html('<span class="tag {}">{}</span>', STATE_TONES.get(obj.state, ""), obj.get_state_display())

    def get_urls(self):
        pages = [
            path("birthdays/", self.staff_view(views.birthday_calendar), name="birthday_calendar"),
            path("birthday-list/", self.staff_view(views.month_list), name="birthday_list"),
            path("days/", self.staff_view(views.reminder_days), name="reminder_days"),
            path("unknown/", self.staff_view(views.unknown_deliveries), name="unknown_deliveries"),
            path("batches/", self.staff_view(views.batches), name="batches"),
            path("batches/<int:batch_id>/", self.staff_view(views.batch), name="batch"),
            path("batches/<int:batch_id>/file/", self.staff_view(views.batch_download), name="batch_download"),
            path(
                "batches/<int:batch_id>/print/",
                self.staff_view(views.batch_print),
                name="messaging_deliverybatch_print",
            ),
            path(
                "batches/<int:batch_id>/enter/",
                self.staff_view(views.batch_enter),
                name="messaging_deliverybatch_enter",
            ),
            path("batches/<int:batch_id>/print/<slug:way>/", self.staff_view(views.batch_sheet), name="batch_sheet"),
            path("channels/", self.staff_view(views.my_channels), name="my_channels"),
            path("channels/<int:person_id>/", self.staff_view(views.person_channels), name="person_channels"),
            path("inbox/", self.staff_view(views.staff_inbox), name="inbox"),
        ]
        return pages + super().get_urls()


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What left, to whom and how it went; the words themselves stay sealed."""

    list_display = ("on_day", "recipient", "channel", "delivery_class", "state_words", "sent_at")
    list_filter = ("channel", "delivery_class", "state")
    list_display_links = None
    ordering = ("-id",)
    select_related_in_list = ("user", "person")
    fields = ("on_day", "channel", "delivery_class", "state", "outcome", "attempts", "sent_at", "receipt_at")

    def rows_for(self, user, permission):
        return deliveries_for(user, VIEW_RUN)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(VIEW_RUN)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    @admin.display(description="发给")
    def recipient(self, obj):
        return obj.user.display_name if obj.user_id else obj.person.name

    @admin.display(description="状态")
    def state_words(self, obj):
        words = obj.get_state_display() + (f"：{obj.get_outcome_display()}" if obj.outcome else "")
        return format_html('<span class="tag {}">{}</span>', DELIVERY_TONES.get(obj.state, ""), words)
