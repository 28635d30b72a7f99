"""走访慰问: the list, the page of one contact, and the form that takes under a minute."""

import copy

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from apps.common import audit, sources
from apps.common.admin import SAFE_METHODS, RecordAdmin, is_reading
from apps.common.form_keys import key_of, keyed_address, sending_address
from apps.ledgers.access import RECORD, possible_carers
from apps.ledgers.choices import CallOutcome
from apps.ledgers.forms import ContactForm, initial_for
from apps.ledgers.forms.found import GUEST_ROWS, NEED_ROWS
from apps.ledgers.looks import reach_to_show
from apps.ledgers.models import Contact, Duty, SafetyCheck
from apps.ledgers.services import change_contact, void_contact
from apps.ledgers.services.visits import keep_guests, record_visit
from apps.people.models import Person
from apps.registry.models import Cadre

from .filters import ContactKindFilter, MethodFilter, RecordedByFilter, WhenFilter
from .prints import PrintedContacts

VIEW_HEALTH, VIEW_THOUGHTS = "registry.view_health", "registry.view_thoughts"
SEALED_RIGHTS = {"body_text": VIEW_HEALTH, "thoughts_text": VIEW_THOUGHTS}
MORE = (
    ("kind", "by"), ("place", "campaign"), ("leaders", "companions"), ("gifts", "money"), "body_text",
    "thoughts_text", "feedback", "needs", ("source", "on_behalf_of"),
)  # fmt: skip
FOUND = {"fields": NEED_ROWS, "description": "记入第一位老同志的一人一策，到期前提醒答复本人。"}
GUESTS = {
    "fields": GUEST_ROWS, "classes": ("collapse",),
    "description": "军休干部等不在名册里、这次一起看望的，写姓名就行，不用建档。",
}  # fmt: skip
MOST_NAMES = 4


@admin.register(Contact)
class ContactAdmin(PrintedContacts, RecordAdmin):
    form = ContactForm
    add_form_template = "admin/ledgers/contact_form.html"
    voidable = True
    add_label = "记走访"
    list_display = ("happened_on", "whom", "kind_words", "method_words", "what", "recorder")
    list_display_links = ("happened_on", "whom")
    list_filter = (WhenFilter, ContactKindFilter, MethodFilter, RecordedByFilter)
    select_related_in_list = ("recorded_by", "on_behalf_of")
    ordering = ("-happened_on", "-pk")
    sortable_by = ()

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("persons").defer("body_state", "thoughts")

    def people_of(self, obj):
        return list(obj.participants.values_list("person_id", flat=True))

    def title_of(self, obj):
        return f"{obj.happened_on:%Y-%m-%d} {obj.get_kind_display()}"

    # Rights

    def has_add_permission(self, request):
        return request.user.has_perm(RECORD)

    def may_change(self, request, obj):
        """Whoever may change contacts of the cadre, and whoever wrote it himself."""
        if obj is not None and obj.pk and obj.recorded_by_id == request.user.pk and request.user.has_perm(RECORD):
            return True
        return super().may_change(request, obj)

    def may_read(self, request, obj, field: str) -> bool:
        """Health and thoughts of everybody on the contact must be open to the user; the writer sees his own words
        only while he writes."""
        right = SEALED_RIGHTS[field]
        if obj is None or obj.pk is None:
            return True
        people = set(self.people_of(obj))
        cadres = Cadre.objects.filter(pk__in=people)
        return not cadres.exclude(pk__in=Cadre.objects.visible_to(request.user, right).values("pk")).exists()

    def hidden_fields(self, request, obj) -> set[str]:
        known = request.__dict__.setdefault("_hidden_of_contact", {})
        key = getattr(obj, "pk", None)
        if key not in known:
            known[key] = {field for field in SEALED_RIGHTS if not self.may_read(request, obj, field)}
        return known[key]

    # List

    @admin.display(description="看望了谁")
    def whom(self, obj):
        names = [person.name for person in obj.persons.all()]
        return "、".join(names[:MOST_NAMES]) + (f" 等 {len(names)} 位" if len(names) > MOST_NAMES else "")

    @admin.display(description="类型")
    def kind_words(self, obj):
        return obj.get_kind_display()

    @admin.display(description="方式")
    def method_words(self, obj):
        outcome = obj.get_outcome_display() if obj.outcome and obj.outcome != CallOutcome.ANSWERED else ""
        return f"{obj.get_method_display()}（{outcome}）" if outcome else obj.get_method_display()

    @admin.display(description="情况")
    def what(self, obj):
        return obj.summary[:60]

    @admin.display(description="谁去的")
    def recorder(self, obj):
        if obj.on_behalf_of_id:
            return f"{obj.on_behalf_of}（{obj.recorded_by}代录）"
        return sources.words(obj.source, str(obj.recorded_by or ""))

    # Page

    @admin.display(description="身体状态")
    def body_text(self, obj):
        return obj.body_state

    @admin.display(description="思想动态")
    def thoughts_text(self, obj):
        return obj.thoughts

    @admin.display(description="名册外一起看望的")
    def guest_words(self, obj):
        return "、".join(map(str, obj.guests.all()))

    @admin.display(description="发现的需办事项")
    def need_words(self, obj):
        return "；".join(
            f"{need.description}（{need.reply_by:%Y-%m-%d} 前答复）" if need.reply_by else need.description
            for need in obj.needs_found.standing().order_by("pk")
        )

    @admin.display(description="办结了")
    def kept_words(self, obj):
        return "、".join(duty.get_kind_display() for duty in obj.satisfied_duties.order_by("due_on", "pk"))

    def get_fieldsets(self, request, obj=None):
        hidden = self.hidden_fields(request, obj)
        hidden |= {"needs"} if obj is None else set()
        more = tuple(item for item in MORE if item not in hidden)
        if obj is not None and is_reading(request):
            more = tuple("kind_words" if item == ("kind", "by") else item for item in more)
            first = (
                "whom",
                "guest_words",
                "happened_on",
                "method_words",
                "summary",
                "need_words",
                "kept_words",
                "recorder",
            )
            return ((None, {"fields": first}), ("详细", {"fields": ("by", *more)}))
        family = ("family",) if self.family_of(request) else ()
        key = ("form_token",) if obj is None else ()
        first = (None, {"fields": ("who", *family, "method", "outcome", "happened_on", "summary", *key)})
        rest = (("名册外一起看望的", GUESTS), ("更多（可以不填）", {"fields": more, "classes": ("collapse",)}))
        return (first, *rest) if obj is not None else (first, ("需办事项（发现了就写）", FOUND), *rest)

    def add_view(self, request, form_url="", extra_context=None):
        asks = request.method in SAFE_METHODS and self.has_add_permission(request)
        if asks:
            self.asked_cadre(request)  # a stranger is not found, with a key or without
        elsewhere = (keyed_address(request) or self.recorded_before(request)) if asks else None
        if elsewhere is not None:
            return elsewhere
        response = super().add_view(request, form_url, {"title": "记走访", **(extra_context or {})})
        if isinstance(response, TemplateResponse) and not response.is_rendered:
            response.context_data["reached"] = self.reached(request)
            response.context_data["form_url"] = response.context_data.get("form_url") or sending_address(request)
        return response

    def recorded_before(self, request):
        """Somebody who comes back to a form that was recorded is told so, and shown what it made."""
        contact = Contact.objects.filter(form_key=key_of(request), recorded_by=request.user).first()
        if contact is None:
            return None
        messages.info(request, "这张表已经记下了，没有重复。要再记一次，请重新打开“记走访”。")
        return HttpResponseRedirect(self.url_of("change", contact))

    def reached(self, request) -> list[dict]:
        """Whom the form is about and how to reach him, for its head."""
        cadre = self.asked_cadre(request)
        if cadre is None:
            return []
        return [{"name": cadre.person.name, "reach": reach_to_show(request, [cadre.pk]).get(cadre.pk)}]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Looking at health or thoughts is logged before the page is made."""
        if request.method in SAFE_METHODS:
            obj = self.get_object(request, unquote(object_id))
            if not self.has_view_permission(request, obj):
                raise PermissionDenied
            seen = sorted(SEALED_RIGHTS.keys() - self.hidden_fields(request, obj))
            with transaction.atomic(durable=True):
                audit.record(
                    "open",
                    actor=request.user,
                    people=self.people_of(obj),
                    fields=["contact", *seen],
                    target=f"ledgers.contact:{obj.pk}",
                    request=request,
                )
        return super().change_view(request, object_id, form_url, extra_context)

    # Form

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if is_reading(request):
            return form
        # Declared fields are shared by all requests: this one's values go into copies.
        fields = form.base_fields = copy.deepcopy(form.base_fields)
        for name in self.hidden_fields(request, obj):
            fields.pop(name, None)
        fields["who"].queryset = self.related_rows(Person, request)
        fields["who"].widget = AutocompleteSelectMultiple(Contact._meta.get_field("persons"), self.admin_site)
        fields["who"].widget.choices = fields["who"].choices
        family = self.family_of(request)
        if family is None:
            fields.pop("family", None)
        else:
            fields["family"].queryset = family
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "on_behalf_of":
            field.queryset = possible_carers(request.user)
            field.label, field.help_text = "代谁记录", "本人去的不用选"
        return field

    def get_changeform_initial_data(self, request):
        """What the link already says: the cadre, and the duty that brought the user here."""
        initial = {"happened_on": timezone.localdate(), "method": "home", "form_token": key_of(request)}
        cadre = self.asked_cadre(request)
        if cadre is None:
            return initial
        initial["who"] = [cadre.pk]
        number = request.GET.get("duty", "")
        if number.isdecimal() and len(number) < 18:
            duty = Duty.objects.filter(pk=int(number), cadre=cadre).first()
            initial |= initial_for(duty) if duty else {}
        return initial

    def asked_cadre(self, request) -> Cadre | None:
        number = request.GET.get("cadre", "")
        if not number:
            return None
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        cadres = Cadre.objects.current().visible_to(request.user, RECORD).select_related("person")
        cadre = cadres.filter(pk=int(number)).first()
        if cadre is None:
            raise Http404
        return cadre

    def family_of(self, request):
        """Others of the household whom the contact may serve as well: cadres of the user's, and people who are none."""
        if not hasattr(request, "_family"):
            cadre = self.asked_cadre(request)
            home = cadre.person.household_id if cadre else None
            request._family = None
            if home:
                mine = Cadre.objects.current().visible_to(request.user, RECORD).values("pk")
                rows = Person.objects.living().filter(household_id=home).exclude(pk=cadre.pk)
                rows = rows.filter(cadre__isnull=True) | rows.filter(pk__in=mine)
                request._family = rows.order_by("pk") if rows.exists() else None
        return request._family

    def write(self, request, obj, form, change):
        today = timezone.localdate()
        if change:
            change_contact(obj, form.facts(), persons=form.persons(), actor=request.user, on=today, version=obj.version)
            keep_guests(obj, form.found_guests())
            return
        contact = record_visit(
            form.facts(), persons=form.persons(), form_key=form.cleaned_data["form_token"], actor=request.user,
            on=today, needs=form.found_needs(), guests=form.found_guests(),
        )  # fmt: skip
        obj.pk = contact.pk
        obj.public_id = contact.public_id
        kept = contact.satisfied_duties.count()
        if kept:
            messages.success(request, f"这次办结了 {kept} 件要办的事。")
        if found := contact.needs_found.count():
            messages.success(request, f"{found} 件需办事项已记入一人一策，到期前提醒答复。")
        self.say_checks(request, contact)

    def say_checks(self, request, contact) -> None:
        """What this contact meant for checks on people who do not answer."""
        for check in SafetyCheck.objects.filter(closing_contact=contact).select_related("cadre__person"):
            messages.success(request, f"{check.cadre.person.name}的当日上门核实已结束。")
        for check in SafetyCheck.objects.open().filter(last_call=contact).select_related("cadre__person"):
            messages.warning(
                request, f"{check.cadre.person.name}今天几次没有接通，已发出当日上门核实，请马上安排人去看。"
            )

    def save_related(self, request, form, formsets, change):
        """Participants are the service's."""

    def apply_voiding(self, request, obj, act, reason):
        if act == "restore":
            raise PermissionDenied
        void_contact(obj, actor=request.user, reason=reason, on=timezone.localdate())
        audit.record(
            "void", actor=request.user, people=self.people_of(obj), reason=reason,
            target=f"ledgers.contact:{obj.pk}", request=request,
        )  # fmt: skip

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        return [tool for tool in tools if tool["label"] != "恢复使用"]

    def response_post_save_add(self, request, obj):
        """Back to whom it was about, where the next thing is."""
        cadre = request.GET.get("cadre", "")
        if cadre.isdecimal():
            return HttpResponseRedirect(reverse("admin:registry_cadre_change", args=[cadre]))
        return super().response_post_save_add(request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, "走访记录已保存。")
        return self.response_post_save_add(request, obj)
