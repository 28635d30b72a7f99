"""Channels of the demo city: who agreed to texts, who wants it otherwise, and one SMS file handed to the operator."""

import datetime

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.common.insert_select import execute
from apps.messaging.access import batch_units
from apps.messaging.choices import Channel
from apps.messaging.models import ChannelPreference
from apps.messaging.rules import ZONE
from apps.messaging.services import make_batch, mark_taken
from apps.people.models import Person
from apps.reminders.jobs.greeting import post_greetings
from apps.reminders.views.batches import within

# Two of three agreed to texts when they were asked.
CONSENTS = """
INSERT INTO people_consent (person_id, purpose, wording, given_at, recorded_by_id)
SELECT p.id, 'sms', '短信问候-1', %(at)s, %(clerk)s FROM people_person p
WHERE p.life_status = 'living' AND p.voided_at IS NULL AND p.id %% 3 <> 0
ON CONFLICT DO NOTHING
"""
# And some of those have their birthday in these days, so that there is work on the page.
SOON = """
UPDATE people_person p SET birthday_calendar = 'solar', birthday_month = extract(month FROM v.day),
       birthday_day = extract(day FROM v.day), birthday_leap = false
FROM (SELECT id, %(on)s::date + (row_number() OVER (ORDER BY id))::int %% 4 AS day
      FROM people_person
      WHERE life_status = 'living' AND birthday_greeting AND id > 60 AND id %% 3 <> 0 AND id %% 16 = 5
      ORDER BY id LIMIT 12) v
WHERE p.id = v.id
"""
FILE_DAYS = 1


def write_channels(staff: dict[str, User], *, on: datetime.date) -> None:
    """Consents, birthdays of these days, greetings waiting, one file taken to the operator."""
    clerk = staff["jingban"]
    morning = datetime.datetime.combine(on, datetime.time(9), ZONE)
    execute(CONSENTS, {"at": morning - datetime.timedelta(days=300), "clerk": clerk.pk})
    execute(SOON, {"on": on})
    living = Person.objects.living().filter(residence__isnull=False, pk__gt=60).order_by("pk")
    of_these_days = [person for person in living[:400] if person.pk % 16 == 5 and person.pk % 3]
    cards = [Channel.PRINT.value, Channel.SHEET.value]
    ChannelPreference.objects.bulk_create(
        [ChannelPreference(person=person, channels=cards) for person in of_these_days[1::3]], ignore_conflicts=True
    )
    ChannelPreference.objects.create(user=staff["kezhang"], channels=[])
    post_greetings(morning)
    unit = batch_units(clerk)[0]
    try:
        batch = make_batch(
            Channel.SMS_FILE, actor=clerk, on=on, through=on + datetime.timedelta(days=FILE_DAYS),
            among=within(unit).values("pk"), unit=unit,
        )  # fmt: skip
    except BusinessError:
        return  # nobody of a small city has his birthday just now
    mark_taken(batch)
