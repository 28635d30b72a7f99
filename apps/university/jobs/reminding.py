"""Time-driven reminders of the university."""

import datetime as dt

from apps.accounts.access import acting_holders
from apps.accounts.roles import ROLES
from apps.messaging.rules import ZONE
from apps.messaging.services import Round, Told, go_round
from apps.organisation.queries import rule_values
from apps.university.occasions import people_to_remind, staff_to_remind
from apps.university.occasions.people import TEMPLATES
from apps.university.rules.reminders import UniversityReminders

# Who may change a class hears of it.
STAFF = tuple(key for key, role in ROLES.items() if "university.change_classgroup" in role.permissions)


def remind_university(now: dt.datetime) -> Told:
    """The round of the university, see `go_round`. See rule book 9.66, 9.67."""
    rules = rule_values(UniversityReminders.rule_key, on=now.astimezone(ZONE).date())
    asked = Round(
        lock=7_240_011, templates=TEMPLATES, longest=dt.timedelta(days=190),
        people=lambda today: people_to_remind(today, rules), staff=lambda today: staff_to_remind(today, rules),
        holders=lambda units, today: acting_holders(units, *STAFF, on=today),
    )  # fmt: skip
    return go_round(asked, now)
