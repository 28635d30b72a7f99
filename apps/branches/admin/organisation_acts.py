"""What happens to an organisation by a document, and its rosters: pages of one form each."""

import functools

from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.branches import services
from apps.branches.forms.organisations import DissolveForm, HonourForm, MergeForm, MoveForm, standing_branches
from apps.branches.models import Membership, Organisation, OrganisationAct
from apps.branches.resources.rosters import ORDERS, Reader, committee_roster, member_roster, roster_file
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.registry.models import Cadre

SENTENCES = {
    "dissolve": "党员的正式组织关系从撤销那天起转到选的支部，班子成员同时免职。当天可以取消。",
    "merge": "党员在并入那天全部转到选的支部，总人数不变；本支部的班子同时免职。当天可以取消。",
    "move": "连同它下面的党组织一起调整，党员和班子不变。",
    "honour": "集体荣誉会列在党组织的页面上。",
}
TITLES = {"dissolve": "撤销", "merge": "并入别的支部", "move": "调整上级", "honour": "登记荣誉"}
ROSTERS = ("members", "committee")
FORMS = {"dissolve": DissolveForm, "merge": MergeForm, "move": MoveForm, "honour": HonourForm}


class OrganisationActs:
    """Mixed into OrganisationAdmin."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        acts = [
            path(f"<int:pk>/{act}/", self.staff_view(functools.partial(self.act_view, act=act)), name=f"{name}_{act}")
            for act in FORMS
        ]
        return [
            *acts,
            path("<int:pk>/undo/<int:act>/", self.staff_view(self.undo_view), name=f"{name}_undo"),
            *(self._roster_path(name, kind) for kind in ROSTERS),
            *super().get_urls(),
        ]

    def _roster_path(self, name: str, kind: str):
        view = self.staff_view(functools.partial(self.roster_view, kind=kind))
        return path(f"<int:pk>/roster/{kind}/", view, name=f"{name}_{kind}")

    def organisation_at(self, request, pk: int) -> Organisation:
        """The organisation, for a page that changes it."""
        return self.changeable_object(request, str(pk))

    def act_view(self, request, pk: int, *, act: str):
        one = self.organisation_at(request, pk)
        form = self.act_form(act, request, one)
        if request.method == "POST" and form.is_valid():
            try:
                self.perform(act, one, form.cleaned_data, request)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已办：{TITLES[act]}。")
                return HttpResponseRedirect(self.url_of("change", one))
        context = {
            "title": f"{TITLES[act]}：{one}", "form": form, "sentence": SENTENCES[act], "button": TITLES[act],
            "back": self.url_of("change", one), "media": form.media,
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def act_form(self, act: str, request, one: Organisation):
        day = "awarded_on" if act == "honour" else "on"
        form = FORMS[act](request.POST if request.method == "POST" else None, initial={day: timezone.localdate()})
        rows = {
            "target": standing_branches().exclude(pk=one.pk),
            "parent": Organisation.objects.filter(dissolved_on__isnull=True, voided_at__isnull=True).order_by("path"),
        }
        for name in rows.keys() & form.fields.keys():
            form.fields[name].queryset = rows[name] & self.rows_for(request.user, self.right("change"))
            form.fields[name].widget = AutocompleteSelect(Membership._meta.get_field("organisation"), self.admin_site)
            form.fields[name].widget.choices = form.fields[name].choices
        return form

    def perform(self, act: str, one: Organisation, values: dict, request) -> None:
        if act == "honour":
            services.give_honour(one, actor=request.user, **values)
        elif act == "move":
            services.move_organisation(
                one, values["parent"], on=values["on"], document_no=values["document_no"], actor=request.user
            )
        else:
            services.dissolve(one, **values, merged=act == "merge", actor=request.user)

    def undo_view(self, request, pk: int, act: int):
        """Take a dissolution back on the day it was entered: asked once more, then done."""
        one = self.organisation_at(request, pk)
        row = OrganisationAct.objects.filter(pk=act, organisation=one).first() if act < 2**63 else None
        if row is None:
            raise Http404
        if request.method == "POST":
            try:
                services.undo_dissolution(row, actor=request.user, today=timezone.localdate())
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, "已取消撤销，党员和班子都回到原来的样子。")
            return HttpResponseRedirect(self.url_of("change", one))
        context = {"title": f"取消撤销：{one}", "organisation": one, "back": self.url_of("change", one)}
        return self.page(request, "admin/branches/undo.html", context)

    def roster_view(self, request, pk: int, *, kind: str):
        """党员花名册 or 班子成员名册 of those in the reader's charge, as A4 or, with `?xlsx=1`, as a workbook."""
        if not request.user.has_perm("registry.view_cadre") or not self.has_view_permission(request):
            raise PermissionDenied
        one = self.get_object(request, str(pk))
        today, reader = timezone.localdate(), reader_of(request.user)
        try:
            roster = (
                committee_roster(one, today, reader)
                if kind == "committee"
                else member_roster(one, today, reader, order=request.GET.get("order", ""))
            )
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(self.url_of("change", one))
        as_file = "xlsx" in request.GET
        if as_file and not request.user.has_perm("registry.export_cadre"):
            raise PermissionDenied
        audit.look(
            "export" if as_file else "print", actor=request.user, people=roster.people,
            fields=["phone"] if roster.with_phones else [], target=f"branches.organisation:{one.pk}", request=request,
        )  # fmt: skip
        if as_file:
            return roster_file(request, roster)
        frame = frame_for(
            request, roster.title, landscape=True, columns=len(roster.columns), order=roster.order, stamp=True,
            scope=roster.scope, back_url=self.url_of("change", one),
        )  # fmt: skip
        context = {"frame": frame, "roster": roster, "orders": ORDERS if kind == "members" else {}}
        if request.user.has_perm("registry.export_cadre"):
            context["file_url"] = f"?xlsx=1&order={request.GET.get('order', '') if kind == 'members' else ''}"
        return self.page(request, "print/branch_roster.html", context)


def reader_of(user) -> Reader:
    """Facts of those in the user's charge, and phones where he may see them."""

    def within(permission: str):
        def ids_seen(ids) -> set[int]:
            if not user.has_perm(permission):
                return set()
            return set(Cadre.objects.visible_to(user, permission).filter(pk__in=ids).values_list("pk", flat=True))

        return ids_seen

    return Reader(sees=within("registry.view_cadre"), phones=within("people.view_contact"))
