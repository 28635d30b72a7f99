"""Time-driven reminders and thanks of volunteering."""

import datetime as dt

from apps.accounts.access import acting_holders
from apps.messaging.rules import ZONE
from apps.messaging.services import Round, Told, go_round
from apps.organisation.queries import rule_values
from apps.volunteers.occasions.people import TEMPLATES, people_to_remind
from apps.volunteers.occasions.staff import staff_to_remind
from apps.volunteers.rules.reminders import VolunteerReminders

STAFF = ("clerk", "section_head")


def remind_volunteers(now: dt.datetime) -> Told:
    """The round of volunteering, see `go_round`. By which way a person is told, and that nobody is thanked in mourning,
    is decided when a message is sent. See rule book 10.72, 10.73."""
    rules = rule_values(VolunteerReminders.rule_key, on=now.astimezone(ZONE).date())
    asked = Round(
        lock=7_240_012, templates=TEMPLATES, longest=dt.timedelta(days=100),
        people=lambda today: people_to_remind(today, rules), staff=lambda today: staff_to_remind(today, rules),
        holders=lambda units, today: acting_holders(units, *STAFF, on=today),
    )  # fmt: skip
    return go_round(asked, now)
