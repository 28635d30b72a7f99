"""Staff pages of membership and posts. Secretaries have their own pages, not these."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path

from apps.branches import services
from apps.branches.forms import AppointForm, EndForm, JoinForm
from apps.branches.models import Membership, Post
from apps.common.admin import RecordAdmin
from apps.common.admin_lists import PickFilter
from apps.common.errors import BusinessError
from apps.registry.models import Cadre
from apps.registry.queries import find_people

from .member_import import MemberImport
from .sign_in import PostSignIn


class OfPersonAdmin(RecordAdmin):
    """Rows about a person who belongs to the user's cadres; made and ended by services, never rewritten."""

    voidable = True
    select_related_in_list = ("person", "organisation")
    search_fields = ["person_id"]
    search_help_text = "姓名或拼音"
    end_label = ""
    end_sentence = ""

    def rows_for(self, user, permission):
        visible = Cadre.objects.visible_to(user, permission).current().values("pk")
        return self.model.objects.filter(person_id__in=visible)

    def get_search_results(self, request, queryset, search_term):
        """By name or reading; a number is not answered here, because it would stand in the address."""
        if not search_term.strip():
            return queryset, False
        asked, people = find_people(search_term)
        if asked.is_number:
            return queryset.none(), False
        return queryset.filter(person_id__in=people.order_by().values("pk")), False

    def people_of(self, obj):
        return [obj.person_id]

    def has_change_permission(self, request, obj=None):
        return False

    def log_addition(self, request, obj, message):
        """The service has written the entry."""

    def require_reach(self, request, person) -> None:
        """Adding asks for the right on this very person."""
        if not Cadre.objects.visible_to(request.user, self.right("add")).filter(pk=person.pk).exists():
            raise BusinessError("他不在您的管理范围内。", code="out_of_reach", field="person")

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.ends_on is None and not obj.voided_at and self.may_change(request, obj):
            tools.insert(0, {"label": self.end_label, "url": self.url_of("end", obj), "main": True})
        return [tool for tool in tools if tool["label"] != "修改"]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_end"
        return [path("<path:object_id>/end/", self.staff_view(self.end_view), name=name), *super().get_urls()]

    def end_view(self, request, object_id):
        row = self.changeable_object(request, object_id)
        if row.ends_on is not None or row.voided_at:
            raise PermissionDenied
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                self.end(row, form.cleaned_data, request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已办：{self.end_label}。")
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": f"{self.end_label}：{row}",
            "form": form,
            "sentence": self.end_sentence,
            "button": self.end_label,
            "back": self.url_of("change", row),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


class OrganisationFilter(PickFilter):
    title = "党组织"
    parameter_name = "organisation"
    field_name = "organisation"


@admin.register(Membership)
class MembershipAdmin(MemberImport, OfPersonAdmin):
    form = JoinForm
    list_display = ["person", "organisation", "link", "starts_on", "ends_on"]
    list_filter = [OrganisationFilter, "link"]
    ordering = ["organisation_id", "person_id", "-starts_on", "id"]
    end_label = "转出"
    end_sentence = "从这一天起他不再属于这个党组织。转到别的支部请直接新增，原来的会自动结束。"

    def get_fields(self, request, obj=None):
        fields = ["person", "organisation", "group", "link", "starts_on", "reason_in"]
        return [*fields, "ends_on", "reason_out"] if obj else fields

    def write(self, request, obj, form, change):
        values = form.cleaned_data
        self.require_reach(request, values["person"])
        added = services.join_organisation(
            values["person"],
            values["organisation"],
            on=values["starts_on"],
            actor=request.user,
            link=values["link"],
            reason=values["reason_in"],
            group=values["group"],
        )
        obj.pk = added.pk
        obj.refresh_from_db()

    def end(self, obj, values, actor):
        services.leave_organisation(obj, on=values["on"], actor=actor, reason=values["reason"])


@admin.register(Post)
class PostAdmin(PostSignIn, OfPersonAdmin):
    form = AppointForm
    list_display = ["person", "organisation", "kind", "how", "starts_on", "term_ends_on", "ends_on", "has_account"]
    list_filter = [OrganisationFilter, "kind"]
    ordering = ["organisation_id", "kind", "-starts_on", "id"]
    end_label = "免职"
    end_sentence = "从这一天起不再担任；他的账号马上不能再办支部的事。"

    @admin.display(description="有登录账号", boolean=True)
    def has_account(self, post):
        return post.user_id is not None

    def get_fields(self, request, obj=None):
        fields = ["person", "organisation", "kind", "how", "document_no", "starts_on"]
        return [*fields, "term_ends_on", "ends_on", "reason_out", "has_account"] if obj else [*fields, "account"]

    def get_readonly_fields(self, request, obj=None):
        return ["has_account"] if obj else []

    def write(self, request, obj, form, change):
        values = form.cleaned_data
        self.require_reach(request, values["person"])
        added = services.appoint(
            values["person"],
            values["organisation"],
            kind=values["kind"],
            on=values["starts_on"],
            actor=request.user,
            user=values["account"],
            how=values["how"],
            document_no=values["document_no"],
        )
        obj.pk = added.pk
        obj.refresh_from_db()

    def end(self, obj, values, actor):
        services.dismiss(obj, on=values["on"], actor=actor, reason=values["reason"])
