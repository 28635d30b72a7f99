"""Talks, donations and surrogate parents in the world of the access matrix: one object of each kind a side, and what
each page asks for as (right, model whose key stands in the address, right to send)."""

import datetime as dt

from django.utils import timezone

from apps.volunteers.models import (
    Donation,
    Lecturer,
    SurrogatePairing,
    Talk,
    TalkBooking,
    TalkCampaign,
    TalkLecturer,
    TalkRound,
    TalkTopic,
    Team,
    Volunteer,
)

DAY, LATER = dt.date(2026, 3, 1), dt.date(2027, 3, 1)
NOBODY, PUBLIC = "nobody", "public"


def _team(side) -> Team:
    values = {"unit": side.unit, "kind": "talks", "phone": "0700-8800701"}
    return Team.objects.get_or_create(name=f"宣讲团{side.unit.pk}", defaults=values)[0]


def _volunteer(side) -> Volunteer:
    return Volunteer.objects.get_or_create(
        person=side.cadre.person, defaults={"unit": side.unit, "joined_on": DAY}
    )[0]  # fmt: skip


def _booking(side) -> TalkBooking:
    row = TalkBooking(
        unit=side.unit, host="市第三中学", place_kind="school", place="报告厅",
        topic=side.objects["volunteers.talktopic"], days=[DAY], expected=600, asked_at=timezone.now(),
    )  # fmt: skip
    row.contact, row.phone = f"{side.cadre.person.name}老师", "13900000001"
    row.save()
    return row


def _talk(side) -> Talk:
    row = Talk.objects.create(
        unit=side.unit, topic=side.objects["volunteers.talktopic"], campaign=side.objects["volunteers.talkcampaign"],
        on=DAY, starts=540, minutes=60, host="市第三中学", place_kind="school", place="报告厅",
    )  # fmt: skip
    TalkLecturer.objects.create(talk=row, lecturer=side.objects["volunteers.lecturer"])
    return row


TALK_OBJECTS = {
    "volunteers.talktopic": lambda side: TalkTopic.objects.create(unit=side.unit, title=f"党史{side.unit.pk}"),
    "volunteers.lecturer": lambda side: Lecturer.objects.create(
        volunteer=_volunteer(side), team=_team(side), joined_on=DAY
    ),
    "volunteers.talkcampaign": lambda side: TalkCampaign.objects.create(
        unit=side.unit, name="百千万", starts_on=DAY, ends_on=LATER, sessions=1000
    ),
    "volunteers.talkround": lambda side: TalkRound.objects.create(
        campaign=side.objects["volunteers.talkcampaign"], name="第一轮", starts_on=DAY, ends_on=LATER
    ),
    "volunteers.talkbooking": _booking,
    "volunteers.talk": _talk,
    "volunteers.donation": lambda side: Donation.objects.create(
        team=_team(side), receipt_no="2026-000001", item="图书", quantity=20, measure="本", on=DAY,
        donor=side.cadre.person.name,
    ),
    "volunteers.surrogatepairing": lambda side: SurrogatePairing.objects.create(
        volunteer=_volunteer(side), child="LXM", school="城关小学", starts_on=DAY, consent_on=DAY
    ),
}  # fmt: skip
_CHANGE_TALK = ("volunteers.change_talk", "volunteers.talk")
_CHANGE_BOOKING = ("volunteers.change_talkbooking", "volunteers.talkbooking")
_PAIRING = ("volunteers.change_surrogatepairing", "volunteers.surrogatepairing")
TALK_PAGES = {
    "admin:volunteers_talktopic_file": ("volunteers.change_talktopic", "volunteers.talktopic"),
    # No file is kept in the world.
    "admin:volunteers_talktopic_show": (NOBODY, "volunteers.talktopic"),
    "admin:volunteers_talk_show": (NOBODY, "volunteers.talk"),
    "admin:volunteers_lecturer_leave": ("volunteers.change_lecturer", "volunteers.lecturer"),
    "admin:volunteers_talkcampaign_sheet": ("volunteers.view_talkcampaign", "volunteers.talkcampaign", NOBODY),
    "admin:volunteers_talkcampaign_export": ("volunteers.view_talkcampaign", "volunteers.talkcampaign", NOBODY),
    "admin:volunteers_talk_export": ("volunteers.view_talk",),
    "admin:volunteers_talk_slip": ("volunteers.view_talk", "volunteers.talk", NOBODY),
    **{f"admin:volunteers_talk_{page}": _CHANGE_TALK for page in ("file", "edit", "held", "cancel", "annul")},
    **{f"admin:volunteers_talkbooking_{page}": _CHANGE_BOOKING for page in ("find", "decline", "reopen")},
    # Two keys in the address: held in tests/volunteers/test_talks.py.
    "admin:volunteers_talkbooking_ask": (NOBODY, "volunteers.talkbooking"),
    "admin:volunteers_talkbooking_answer": (NOBODY, "volunteers.talkbooking"),
    "admin:volunteers_donation_sums": ("volunteers.view_donation",),
    "admin:volunteers_donation_export": ("volunteers.view_donation",),
    "admin:volunteers_donation_give": ("volunteers.change_donation", "volunteers.donation"),
    "admin:volunteers_donation_receipt": (
        "volunteers.view_donation",
        "volunteers.donation",
        NOBODY,
    ),
    "admin:volunteers_surrogatepairing_contact": _PAIRING,
    "admin:volunteers_surrogatepairing_end": _PAIRING,
    "volunteers:talks": (PUBLIC,),
    "volunteers:talk_book": (PUBLIC,),
    "volunteers:talk_booked": (PUBLIC, "volunteers.talkbooking"),
}
TALK_EXCEPTIONS = {
    # Changed by acts of their own; bookings come from the public form.
    "admin:volunteers_talk_change": ("volunteers.view_talk", "volunteers.talk", NOBODY),
    "admin:volunteers_talkbooking_change": ("volunteers.view_talkbooking", "volunteers.talkbooking", NOBODY),
    "admin:volunteers_talkbooking_add": (NOBODY,),
}
