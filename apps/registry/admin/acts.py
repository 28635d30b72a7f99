"""Acts on the page of a cadre: report what happened, change or correct a standing; and the parts listed there."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from apps.common.admin_lists import PickOne
from apps.common.code_lists import choices_of
from apps.common.errors import BusinessError
from apps.common.phone import dial_link, masked_phone, readable_phone
from apps.common.scans import read_scan
from apps.organisation.models import Unit
from apps.people.models import Person, Whereabouts
from apps.registry.choices import TREATMENT_KINDS, LifeEventState, RetireType, SpanKind, StandingKind
from apps.registry.forms import CODE_LISTS, LifeEventForm, StandingForm
from apps.registry.models import Cadre, LifeEvent
from apps.registry.queries import find_people
from apps.registry.services import life, standing

from . import page
from .scope import may_on

CONFIRM = "registry.confirm_lifeevent"
REPORT = "registry.add_lifeevent"
VIEW_HEALTH = "registry.view_health"
VIEW_CONTACT = "people.view_contact"
# Chosen on purpose: a treatment is never withdrawn by a field left alone.
WITHDRAWN = "none"


class CadreActs:
    """Mixed into CadreAdminBase."""

    def plain_url(self, name: str) -> str:
        return reverse(f"{self.admin_site.name}:registry_cadre_{name}")

    def matching_people(self, text: str):
        asked, people = find_people(text)
        return people.order_by().values("pk") if not asked.is_number else Person.objects.none().values("pk")

    # Parts of the page

    def periods(self, request, cadre: Cadre) -> list[Whereabouts]:
        """When he is away from home."""
        return self.part(request, cadre, "periods")

    def events(self, request, cadre: Cadre) -> list[LifeEvent]:
        """What happened to him, newest first, where this user may see it."""
        return self.part(request, cadre, "events")

    def spans(self, request, cadre: Cadre) -> list:
        """What stood before (loading.spans_of)."""
        return self.part(request, cadre, "spans")

    def standing_section(self, cadre: Cadre, changeable: bool) -> page.Section:
        section = page.Section("standing", "类型、单位和待遇", page.rows_of(cadre, page.STANDING))
        if changeable:
            section.links = [
                {"label": f"改{item.label}", "url": self.standing_url(cadre, kind)}
                for kind, item in standing.STANDINGS.items()
            ]
        return section

    def standing_url(self, cadre: Cadre, kind: str) -> str:
        return reverse(f"{self.admin_site.name}:registry_cadre_standing", args=[cadre.pk, kind])

    def phone_links(self, request, cadre: Cadre) -> list[dict]:
        site = self.admin_site.name
        add = {"label": "添加电话", "url": f"{reverse(f'{site}:people_phone_add')}?person={cadre.pk}"}
        return [
            add,
            *(
                {
                    "label": f"改{phone.get_kind_display()}（尾号 {phone.number[-4:]}）",
                    "url": f"{reverse(f'{site}:people_phone_change', args=[phone.pk])}?edit=1",
                }
                for phone in self.part(request, cadre, "phones")
            ),
        ]

    def health_links(self, cadre: Cadre, changeable: bool) -> list[dict]:
        if not changeable:
            return []
        health = cadre.health if hasattr(cadre, "health") else None
        site = self.admin_site.name
        if health is None:
            return [{"label": "登记健康情况", "url": f"{reverse(f'{site}:registry_health_add')}?cadre={cadre.pk}"}]
        return [{"label": "修改", "url": f"{reverse(f'{site}:registry_health_change', args=[health.pk])}?edit=1"}]

    def relatives_section(self, request, cadre: Cadre, revealed: dict, changeable: bool) -> page.Section:
        section = page.Section("relatives", "联系人", is_aside=True)
        in_full = self.shows_contact(request, cadre)
        may_reveal = may_on(request, cadre.pk, VIEW_CONTACT)
        site = self.admin_site.name
        for relative in self.part(request, cadre, "relatives"):
            label = f"{relative.name}（{relative.relation_note or page.said(relative, 'relation')}）"
            marks = "、".join(page.flags_of(relative, ("is_emergency", "is_proxy")))
            key = f"relative.{relative.pk}"
            shown = relative.phone or ""
            hidden, dialled = "", dial_link(shown)
            if not in_full and key not in revealed:
                hidden = key if shown and may_reveal else ""
                shown, dialled = masked_phone(shown), ""
            row = page.Row(f"{label} {marks}".strip(), readable_phone(shown), hidden, key in revealed, dialled)
            section.rows.append(row)
            if changeable:
                url = reverse(f"{site}:people_relative_change", args=[relative.pk])
                section.links.append({"label": f"改{relative.name}", "url": f"{url}?edit=1"})
        if changeable:
            add = f"{reverse(f'{site}:people_relative_add')}?person={cadre.pk}"
            section.links.insert(0, {"label": "添加联系人", "url": add})
        return section

    def events_section(self, request, cadre: Cadre) -> page.Section:
        section = page.Section("events", "人员变动", is_aside=True)
        health = may_on(request, cadre.pk, VIEW_HEALTH)
        for event in self.events(request, cadre)[:30]:
            words = [event.happened_on.display(), event.get_state_display()]
            words += [str(event.unit)] if event.unit_id else []
            words += [event.hospital, event.ward] if health else []
            section.rows.append(page.Row(event.get_kind_display(), "　".join(filter(None, words))))
            url = reverse(f"{self.admin_site.name}:registry_lifeevent_change", args=[event.pk])
            section.links.append({"label": f"{event.get_kind_display()} {event.happened_on}", "url": url})
        return section

    def spans_section(self, request, cadre: Cadre) -> page.Section:
        """What stood before, newest first; treatments have a section of their own."""
        section = page.Section("spans", "经历：以前的单位、类型和职级")
        for span in self.spans(request, cadre):
            if span.kind in TREATMENT_KINDS:
                continue
            item = standing.STANDINGS[span.kind]
            words = span.said if span.kind in standing.UNIT_KINDS else page.coded(item.value, span.said)
            began = f"{span.starts_on:%Y-%m-%d}" if span.starts_on else "……"
            period = f"{began} 至 {span.ends_on:%Y-%m-%d} 前"
            section.rows.append(page.Row(item.label, f"{words}　{period}　{span.document_no}".strip()))
        return section

    # Pages of acts

    def event_view(self, request, object_id):
        """Report something about a person; a clerk may let it take effect at once."""
        cadre = self.get_object(request, unquote(object_id))
        if not may_on(request, cadre.pk, REPORT) or cadre.voided_at:
            raise PermissionDenied
        may_confirm = may_on(request, cadre.pk, CONFIRM)
        widget = PickOne(LifeEvent._meta.get_field("unit"), self.admin_site)
        units = self.related_rows(Unit, request)
        form = LifeEventForm(request.POST or None, units=units, unit_widget=widget)
        if request.method == "POST" and form.is_valid():
            told = life.Report(**form.cleaned_data)
            act = life.record if may_confirm and "confirm" in request.POST else life.report
            try:
                event = act(cadre.person, told, actor=request.user)
            except BusinessError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            else:
                waits = event.state == LifeEventState.REPORTED
                messages.success(request, "已报告，等经办人核实。" if waits else "已登记并生效。")
                return HttpResponseRedirect(self.url_of("change", cadre))
        context = {
            "title": f"报告情况：{cadre.person.name}",
            "original": cadre,
            "form": form,
            "media": form.media,
            "back": self.url_of("change", cadre),
            "buttons": [("confirm", "登记并生效")] * may_confirm + [("report", "先报告，等核实")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def standing_view(self, request, object_id, kind):
        """Change or correct the unit, type, rank or treatment of a cadre; or take the last change back."""
        cadre = self.changeable_object(request, object_id)
        if kind not in standing.STANDINGS or cadre.voided_at:
            raise Http404
        item = standing.STANDINGS[kind]
        field = self.standing_field(request, cadre, kind)
        form = StandingForm(
            request.POST or None, request.FILES or None, value_field=field, with_scan=kind in TREATMENT_KINDS
        )
        if request.method == "POST" and ("undo" in request.POST or form.is_valid()):
            try:
                message = self.apply_standing(request, cadre, kind, form)
            except BusinessError as refusal:
                form.is_valid()
                form.errors.clear() if "undo" in request.POST else None
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            else:
                messages.success(request, message)
                return HttpResponseRedirect(self.url_of("change", cadre))
        since = getattr(cadre, item.since) if item.since else None
        present = page.said(cadre, item.value) or "（空）"
        context = {
            "title": f"{item.label}：{cadre.person.name}",
            "original": cadre,
            "form": form,
            "media": form.media,
            "lead": f"现在是：{present}" + (f"，自 {since:%Y-%m-%d} 起" if since else ""),
            "back": self.url_of("change", cadre),
            "buttons": [("save", "保存"), ("undo", "撤销上一次变动")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def apply_standing(self, request, cadre, kind, form) -> str:
        if "undo" in request.POST:
            if not standing.undo_last(cadre, kind, actor=request.user):
                raise BusinessError("没有可以撤销的变动。")
            return "已撤销上一次变动。"
        values = form.cleaned_data
        value = "" if values["value"] == WITHDRAWN else values["value"]
        common = {"since": values["since"], "document_no": values["document_no"], "actor": request.user}
        if values["way"] == "change":
            scan = read_scan(values["scan"]) if values.get("scan") else None
            changed = standing.change(cadre, kind, value, scan=scan, **common)
        else:
            changed = standing.correct(cadre, kind, value, **common)
        return "已保存。" if changed else "与现在的值相同，没有改动。"

    def standing_field(self, request, cadre, kind) -> forms.Field:
        item = standing.STANDINGS[kind]
        if kind in tuple(SpanKind):
            widget = PickOne(Cadre._meta.get_field(item.value), self.admin_site)
            return forms.ModelChoiceField(self.related_rows(Unit, request), label=f"新的{item.label}", widget=widget)
        if kind == StandingKind.RETIRE_TYPE:
            return forms.ChoiceField(label=f"新的{item.label}", choices=RetireType)
        offered = choices_of(CODE_LISTS[item.value])
        if kind in TREATMENT_KINDS:
            withdrawn = [(WITHDRAWN, "取消，不再享受")] * bool(getattr(cadre, item.value))
            choices = [("", "（请选）"), *offered, *withdrawn]
            return forms.ChoiceField(label=f"新的{item.label}", choices=choices)
        return forms.ChoiceField(label=f"新的{item.label}", choices=[("", "（空）"), *offered], required=False)
