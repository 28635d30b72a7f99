"""家庭: who lives with whom, from one person's page: 添加家人, 移出. Mixed into the cadre's admin."""

from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import path

from apps.common.errors import BusinessError
from apps.ledgers.forms import FamilyForm
from apps.ledgers.models import ContactPerson
from apps.people import households
from apps.people.models import Person
from apps.registry.admin.page import Row, Section
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre

CHANGE = "registry.change_cadre"


def home_of(cadre) -> QuerySet[Person]:
    """The others of his home."""
    home = cadre.person.household_id
    rows = Person.objects.filter(household_id=home, voided_at__isnull=True).exclude(pk=cadre.pk)
    return rows.select_related("cadre").order_by("pk") if home else rows.none()


class HouseholdActs:
    """The page of a person's home. Whoever may change the cadre may change who lives with him."""

    def household_urls(self):
        view = self.staff_view(self.household_view)
        return [path("<path:object_id>/household/", view, name="registry_cadre_household")]

    def home_section(self, request, cadre) -> Section:
        """Everybody of his home, with a link to those whom this user may see."""
        members = self.members_of(request, cadre)
        rows = [Row(self.words_of(member), member.name) for member in members]
        section = Section("home", "同住的家人", rows, is_aside=True)
        if not cadre.voided_at and may_on(request, cadre.pk, CHANGE):
            section.links.append({"label": "添加或移出家人", "url": self.url_of("household", cadre)})
        return section

    def words_of(self, member) -> str:
        words = "老干部" if hasattr(member, "cadre") else "家人"
        return words if member.life_status == "living" else f"{words}，{member.get_life_status_display()}"

    def members_of(self, request, cadre) -> list[Person]:
        return self.part(request, cadre, "home")

    def household_view(self, request, object_id):
        cadre = self.changeable_object(request, object_id)
        if not may_on(request, cadre.pk, CHANGE):
            raise PermissionDenied
        form = self.family_form(request, cadre, request.POST if "add" in request.POST else None)
        if request.method == "POST":
            try:
                done = self.household_act(request, cadre, form)
            except BusinessError as refusal:
                form = self.family_form(request, cadre, request.POST)
                form.is_valid()
                form.refuse(refusal)
                done = ""
            if done:
                messages.success(request, done)
                return HttpResponseRedirect(self.url_of("household", cadre))
        mine = set(Cadre.objects.visible_to(request.user).values_list("pk", flat=True).filter(
            pk__in=[member.pk for member in self.members_of(request, cadre)]
        ))  # fmt: skip
        context = {
            "title": f"同住的家人：{cadre.person.name}",
            "original": cadre,
            "cadre": cadre,
            "members": [
                {
                    "person": member,
                    "words": self.words_of(member),
                    "url": self.url_of("change", member.cadre) if member.pk in mine else "",
                }
                for member in self.members_of(request, cadre)
            ],
            "form": form,
            "media": form.media,
            "back": self.url_of("change", cadre),
        }
        return self.page(request, "admin/ledgers/household.html", context, status=422 if form.errors else 200)

    def family_form(self, request, cadre, data) -> FamilyForm:
        form = FamilyForm(data)
        field = form.fields["other"]
        field.queryset = self.related_rows(Person, request).exclude(pk=cadre.pk)
        field.widget = AutocompleteSelect(ContactPerson._meta.get_field("person"), self.admin_site)
        field.widget.choices = field.choices
        return form

    def household_act(self, request, cadre, form) -> str:
        """What was done, in words; empty where nothing was."""
        person, actor = cadre.person, request.user
        leaver = request.POST.get("remove", "")
        if leaver.isdecimal():
            member = next((one for one in [person, *self.members_of(request, cadre)] if str(one.pk) == leaver), None)
            if member is None:
                raise BusinessError("他已经不在这一家，请刷新页面。", code="gone")
            households.leave(member, actor=actor, request=request)
            return f"已把{member.name}移出。"
        if "add" not in request.POST or not form.is_valid():
            return ""
        other = form.cleaned_data["other"]
        if other is not None:
            if not may_on(request, other.pk, CHANGE):
                raise BusinessError("这位老同志不归您管理，请和他的管理单位联系。", code="stranger", field="other")
            households.join(person, other, actor=actor, request=request)
            return f"{person.name}和{other.name}已登记为一家。"
        told = households.Relation(form.cleaned_data["name"].strip(), form.cleaned_data["sex"] or "0")
        households.add_relation(person, told, actor=actor, request=request)
        return f"已添加家人{told.name}。"
