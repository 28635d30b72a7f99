"""Whose reminders a user may see: those about cadres in his scope; hospital matters need the right to health."""

from django.db.models import Q, QuerySet

from apps.accounts.access import unit_ids_for
from apps.accounts.models import User
from apps.branches.access import organisations_open_to
from apps.messaging.models import Delivery
from apps.registry.models import Cadre

from .choices import ReminderKind
from .models import Reminder

HEALTH_KINDS = (ReminderKind.HOSPITAL, ReminderKind.DISCHARGE)
VIEW_RUN = "reminders.view_run"


def reminders_for(user, permission: str = "reminders.view_reminder") -> QuerySet[Reminder]:
    cadres = Cadre.objects.current()
    plain = Q(person_id__in=cadres.visible_to(user, permission).values("pk")) & ~Q(kind__in=HEALTH_KINDS)
    ill = Q(person_id__in=cadres.visible_to(user, "registry.view_health").values("pk"), kind__in=HEALTH_KINDS)
    if not user.has_perm(permission):
        return Reminder.objects.none()
    branches = Q(organisation_id__in=organisations_open_to(user, "branches.change_organisation").values("pk"))
    return Reminder.objects.filter(plain | ill | branches)


def deliveries_for(user, permission: str = VIEW_RUN) -> QuerySet[Delivery]:
    """Deliveries to accounts granted a role in the user's units, and to cadres in his scope."""
    units = unit_ids_for(user, permission)
    if not units:
        return Delivery.objects.none()
    holders = User.objects.filter(grants__unit_id__in=sorted(units)).values("pk")
    of_staff = Q(user_id__in=holders) | Q(user_id=user.pk)
    of_people = Q(person_id__in=Cadre.objects.current().visible_to(user, "registry.view_cadre").values("pk"))
    return Delivery.objects.filter(of_staff | of_people)
