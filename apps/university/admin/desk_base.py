"""What the pages of the desk share: whose desk it is, who stands there, and the way in."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.people.models import Person
from apps.university.models import School
from apps.university.queries.desk import DESK, desk_schools, seal, unseal


class DeskPages:
    """Mixed into admins whose pages belong to the desk of a school."""

    def desk_of(self, request):
        """The schools at whose desk the user works; 403 without the right."""
        if not request.user.has_perm(DESK):
            raise PermissionDenied
        return desk_schools(request.user)

    def person_of(self, request, sealed: str) -> Person:
        """Who was found; logged. A wrong or old address is a missing page."""
        self.desk_of(request)
        person = unseal(sealed, request.user)
        if person is None:
            raise Http404
        audit.look("desk.open", actor=request.user, people=[person.pk], request=request)
        return person


def chosen_school(request, schools) -> School | None:
    """The school named in the address, else the first."""
    asked = request.GET.get("school", "")
    rows = list(schools.order_by("position", "pk")[:200])
    found = next((one for one in rows if str(one.pk) == asked), None)
    return found or next(iter(rows), None)


def person_url(person: Person, user) -> str:
    return reverse("admin:university_desk_person", args=[seal(person, user)])


def to(name: str, *args, **query) -> HttpResponseRedirect:
    return HttpResponseRedirect(url(name, *args, **query))


def url(name: str, *args, **query) -> str:
    address = reverse(f"admin:{name}", args=args)
    return f"{address}?{urlencode(query)}" if query else address


def moment_words(moment) -> str:
    """11月30日 17:00"""
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
