"""给我的感谢信 at `/me/`: the letters of thanks of each year, to be printed. By the volunteer himself."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.common.printing import frame_for
from apps.organisation.queries import rule_values
from apps.volunteers.choices.letters import LetterKind
from apps.volunteers.models import Volunteer
from apps.volunteers.queries.letters import Occasion, letters_for, years_served
from apps.volunteers.rules.reminders import VolunteerReminders

from .standing import own_page, show

DECEMBER = 12


def _volunteer(acting) -> Volunteer:
    """404 for whoever never was one."""
    rows = Volunteer.objects.current().select_related("person", "unit")
    found = rows.filter(pk=acting.person.pk).first()
    if found is None:
        raise Http404
    return found


def _ready(volunteer: Volunteer) -> list[Occasion]:
    """Years that are over, this one from the day of thanks on; the latest anniversary."""
    today = timezone.localdate()
    rules = rule_values(VolunteerReminders.rule_key, on=today, unit=volunteer.unit)
    is_told = (today.month, today.day) >= (DECEMBER, rules.thanks_from)
    years = [year for year in years_served(volunteer) if year < today.year or is_told]
    found = [Occasion(LetterKind.YEAR, year) for year in years]
    joined = volunteer.joined_on
    passed = today.year if (today.month, today.day) >= (joined.month, joined.day) else today.year - 1
    if volunteer.left_on is None and passed > joined.year:
        found.insert(0, Occasion(LetterKind.ANNIVERSARY, passed))
    return found


@own_page(himself=True)
def home(request, acting):
    return show(request, acting, "portal/me/letters.html", {"rows": _ready(_volunteer(acting))})


@own_page(himself=True)
def sheet(request, acting, kind, year):
    volunteer = _volunteer(acting)
    occasion = next((one for one in _ready(volunteer) if (one.kind, one.year) == (kind, year)), None)
    if occasion is None:
        raise Http404
    found = letters_for([volunteer], occasion, timezone.localdate())
    frame = frame_for(request, occasion.label, recall=False, back_url=reverse("portal:me_letters"))
    return render(request, "print/volunteers/letters.html", {"frame": frame, "found": found})
