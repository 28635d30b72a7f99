"""Admins of what hangs on a person: phones, contact persons, health; and the person picker with the one search box."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import path, reverse

from apps.common import audit, papers
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.models import Paper
from apps.people import services as people_services
from apps.people.choices import ConsentPurpose
from apps.people.models import Consent, Household, Person, Phone, Relative
from apps.registry.forms import CODE_LISTS, HealthForm, PhoneForm, RelativeForm, SearchForm
from apps.registry.holds import HOLD_WORDS
from apps.registry.models import Cadre, Health
from apps.registry.queries import MOST, find_cadres, find_outsider, find_people, read_search
from apps.registry.scopes import VIEW

from . import page
from .scope import OfPersonMixin, may_on

SEALED_OF_HEALTH = ("chronic", "medication")


def cadre_url(site, person_id: int) -> str:
    return reverse(f"{site.name}:registry_cadre_change", args=[person_id])


class HiddenAdmin(OfPersonMixin, RecordAdmin):
    """Reached from the page of a person, not from the menu; its own list leads back there."""

    code_lists = CODE_LISTS
    asks_source = True

    def has_module_permission(self, request):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:registry_cadre_changelist"))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Looking at a part is looking at the person's page, where masks and the log are."""
        if object_id is not None and getattr(request, "reading_record", False):
            return HttpResponseRedirect(self.home_of(self.get_object(request, unquote(object_id))))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def home_of(self, obj) -> str:
        return cadre_url(self.admin_site, self.people_of(obj)[0])

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:registry_cadre_history", args=self.people_of(obj)))

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(self.home_of(obj))

    response_post_save_add = response_post_save_change

    def log_addition(self, request, obj, message):
        """The services write the entry."""

    log_change = log_addition


class PartAdmin(HiddenAdmin):
    """A part that is added for the person named in the address."""

    def person_of(self, request) -> Person:
        """The person to add to, within the change scope; 403 otherwise, whether he exists or not."""
        value = request.GET.get("person", "")
        if not value.isdecimal() or len(value) > 18 or not may_on(request, int(value), self.right("add")):
            raise PermissionDenied
        return Person.objects.get(pk=int(value))

    def write(self, request, obj, form, change):
        if not change:
            obj.person = self.person_of(request)
        for warning in self.store(request, obj, form):
            messages.warning(request, warning)

    def add_view(self, request, form_url="", extra_context=None):
        person = self.person_of(request)
        return super().add_view(request, form_url, {"subtitle": person.name, **(extra_context or {})})


@admin.register(Phone)
class PhoneAdmin(PartAdmin):
    form = PhoneForm
    fields = ("typed_number", "whose", "position")

    def title_of(self, obj):
        return f"{obj.person.name}的电话"

    def store(self, request, obj, form):
        return people_services.save_phone(obj, form.cleaned_data["typed_number"], actor=request.user, request=request)

    def get_urls(self):
        view = self.staff_view(self.remove_view)
        return [path("<path:object_id>/remove/", view, name="people_phone_remove"), *super().get_urls()]

    def record_tools(self, request, obj):
        if not self.may_change(request, obj):
            return []
        return [{"label": "删去这个号码", "url": self.url_of("remove", obj)}]

    def remove_view(self, request, object_id):
        with transaction.atomic():
            phone = self.changeable_object(request, object_id)
            home = self.home_of(phone)
            if request.method == "POST":
                people_services.remove_phone(phone, actor=request.user, request=request)
                messages.success(request, "号码已删去。")
                return HttpResponseRedirect(home)
        context = {
            "title": self.title_of(phone),
            "original": phone,
            "lead": f"要删去尾号 {phone.number[-4:]} 的号码吗？",
            "back": home,
            "buttons": [("remove", "删去")],
        }
        return self.page(request, "admin/registry/act.html", context)


@admin.register(Relative)
class RelativeAdmin(PartAdmin):
    form = RelativeForm
    voidable = True
    fields = (
        ("name", "relation", "relation_note"),
        "typed_phone",
        ("is_emergency", "is_proxy", "is_living"),
        "note",
    )

    def title_of(self, obj):
        return f"{obj.person.name}的联系人：{obj.name}"

    def store(self, request, obj, form):
        return people_services.save_relative(obj, form.cleaned_data["typed_phone"], actor=request.user, request=request)


@admin.register(Health)
class HealthAdmin(HiddenAdmin):
    """Health is written by those who may see it and may change the cadre."""

    form = HealthForm
    person_path = "cadre_id"
    fields = (
        ("condition", "ability"),
        ("ability_scale", "ability_score", "assessed_on"),
        ("seriously_ill", "frequent_illness"),
        "hospital",
        ("green_card", "green_card_until"),
        *(f"typed_{name}" for name in SEALED_OF_HEALTH),
    )

    def rows_for(self, user, permission):
        seen = Cadre.objects.visible_to(user, "registry.view_health")
        rows = Health.objects.filter(cadre__in=seen.values("pk"))
        if permission == "registry.view_health":
            return rows
        return rows.filter(cadre__in=Cadre.objects.visible_to(user, "registry.change_cadre").values("pk"))

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("registry.view_health")

    def may_change(self, request, obj):
        rights = ("registry.view_health", "registry.change_cadre")
        return request.user.has_perms(rights) and (obj is None or obj.pk is None or self.is_changeable(request, obj))

    def has_add_permission(self, request):
        return request.user.has_perms(("registry.view_health", "registry.change_cadre"))

    def title_of(self, obj):
        return f"{obj.cadre.person.name}的健康情况"

    def cadre_of(self, request) -> Cadre:
        value = request.GET.get("cadre", "")
        rights = ("registry.view_health", "registry.change_cadre")
        if not value.isdecimal() or len(value) > 18 or not all(may_on(request, int(value), r) for r in rights):
            raise PermissionDenied
        return Cadre.objects.get(pk=int(value))

    def add_view(self, request, form_url="", extra_context=None):
        cadre = self.cadre_of(request)
        if hasattr(cadre, "health"):
            return HttpResponseRedirect(f"{self.url_of('change', cadre.health)}?edit=1")
        return super().add_view(request, form_url, {"subtitle": cadre.person.name, **(extra_context or {})})

    def write(self, request, obj, form, change):
        if not change:
            obj.cadre = self.cadre_of(request)
        if form.cleaned_data["typed_medication"].strip() not in ("", people_services.CLEAR):
            self.ask_consent(obj.cadre_id)
        sealed = people_services.apply_sealed(
            obj, {name: form.cleaned_data[f"typed_{name}"] for name in SEALED_OF_HEALTH}
        )
        obj.save()
        audit.record(
            "change" if change else "add",
            actor=request.user,
            people=[obj.cadre_id],
            fields=["health", *sealed],
            target=f"registry.health:{obj.pk}",
            request=request,
        )

    def ask_consent(self, person_id: int) -> None:
        """Medicines are written down only of whoever agreed (rule book 8.16)."""
        agreed = Consent.objects.filter(person_id=person_id, purpose=ConsentPurpose.HEALTH, withdrawn_at__isnull=True)
        if not agreed.exists():
            raise BusinessError(
                "要本人同意才能记用药。请在老同志的页面上点“登记长期用药”，勾选同意。",
                code="consent", field="typed_medication",
            )  # fmt: skip


@admin.register(Household)
class HouseholdAdmin(RecordAdmin):
    """Homes of several people: found by the people in them."""

    voidable = True
    fields = ("name", "note")
    list_display = ("name", "note")
    search_fields = ("name",)
    ordering = ("name", "pk")

    def rows_for(self, user, permission):
        cadres = Cadre.objects.visible_to(user, VIEW if permission == self.right("view") else permission)
        mine = Household.objects.filter(members__in=cadres.values("pk")).values("pk")
        empty = Household.objects.filter(members__isnull=True).values("pk")
        return (
            Household.objects.filter(pk__in=mine.union(empty))
            if user.has_perm(permission)
            else Household.objects.none()
        )


@admin.register(Person)
class PersonAdmin(HiddenAdmin):
    """The picker of people, and the one search box. A person's own page is the cadre's."""

    person_path = "pk"
    search_fields = ("name",)
    list_display = ("name",)
    ordering = ("name_sort_key", "pk")

    def rows_for(self, user, permission):
        return Person.objects.filter(
            pk__in=Cadre.objects.current().visible_to(user, permission).values("pk"), voided_at__isnull=True
        )

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def people_of(self, obj):
        return [obj.pk]

    def get_search_results(self, request, queryset, search_term):
        """By name or reading; a number is not answered here, because it would stand in the address."""
        if not search_term:
            return queryset, False
        asked, people = find_people(search_term)
        return (queryset.none() if asked.is_number else queryset.filter(pk__in=people.order_by().values("pk"))), False

    def get_urls(self):
        return [path("search/", self.staff_view(self.search_view), name="person_search"), *super().get_urls()]

    def search_view(self, request):
        """Names may come by GET; numbers only by POST, so that none stands in an address or a log."""
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        form = SearchForm(request.POST if request.method == "POST" else request.GET)
        form.is_valid()
        text = form.cleaned_data.get("q", "")
        if paper := self.paper_of(request, text):
            return HttpResponseRedirect(paper, status=303)
        context = {"title": "找人", "text": "", "form": form}
        if request.method != "POST" and read_search(text).asked.is_number:
            context["notice"] = "号码请直接在上面的框里输入后按“找人”，不要放在网址里。"
            return self.page(request, "admin/registry/search.html", context)
        asked, cadres = find_cadres(text, request.user)
        outsider = find_outsider(text, request.user) if not cadres else None
        audit.look(
            "search.outsider" if outsider else "search",
            actor=request.user,
            people=[cadre.pk for cadre in cadres] or ([outsider.pk] if outsider else []),
            fields=[asked.value],
            request=request,
        )
        if len(cadres) == 1:
            return HttpResponseRedirect(cadre_url(self.admin_site, cadres[0].pk), status=303)
        context |= {
            "text": "" if asked.is_number else text,
            "asked": asked.value,
            "rows": [self.search_row(cadre) for cadre in cadres],
            "more": len(cadres) == MOST,
            "outsider": masked_card(outsider) if outsider else None,
        }
        return self.page(request, "admin/registry/search.html", context)

    def paper_of(self, request, text: str) -> str:
        """The page of the paper whose code was typed, if this user may see it."""
        code = papers.read_code(text)
        if not code:
            return ""
        papers_admin = self.admin_site.get_model_admin(Paper)
        found = papers_admin.get_queryset(request).filter(code=code).order_by().first()
        return papers_admin.url_of("change", found) if found else ""

    def search_row(self, cadre: Cadre) -> dict:
        return {
            "name": cadre.person.name,
            "url": cadre_url(self.admin_site, cadre.pk),
            "headline": page.headline(cadre),
            "unit": str(cadre.managing_unit),
            "post": cadre.former_post,
            "status": "" if cadre.person.life_status == "living" else cadre.person.get_life_status_display(),
            "hold": HOLD_WORDS if cadre.on_hold else "",
        }


def masked_card(person: Person) -> dict:
    """What a clerk may know of somebody outside his scope whose full number he holds: enough to ask the right unit."""
    cadre = Cadre.objects.filter(pk=person.pk).select_related("managing_unit").first()
    return {"name": person.name[:1] + "**", "unit": str(cadre.managing_unit) if cadre else "未登记为老干部"}
