"""The desk of a school in the access matrix: its pages, and one object of each kind in a district."""

import datetime as dt
import uuid

from django.utils import timezone

from apps.signups.models import Offer, SignUp
from apps.university.models import Continuation, QueueDay
from apps.university.services.pad import make_pad
from tests.builders import make_class, make_person, make_school, make_term, make_user

DESK, SEE, ACT = "university.use_desk", "signups.view_signup", "signups.change_signup"
NOBODY = "nobody"
NOW = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
# route: (what it asks for, whose key stands in the address, what sending asks for)
DESK_PAGES = {
    "admin:university_desk": (DESK,),
    # Found people stand in sealed addresses: no key of anybody opens these.
    "admin:university_desk_person": (NOBODY,),
    "admin:university_desk_enrol": (NOBODY,),
    "admin:university_desk_draw": (NOBODY,),
    "admin:university_day_end": (DESK,),
    "admin:university_class_papers": ("university.view_enrolment", "desk.classgroup"),
    "admin:university_class_print": ("university.view_enrolment", "desk.classgroup"),
    "admin:university_class_export": (DESK, "desk.classgroup"),
    "admin:university_class_monitor": (DESK, "desk.classgroup"),
    "admin:signups_signup_slip": (SEE, "signups.signup"),
    **{f"admin:signups_signup_{act}": (ACT, "signups.signup") for act in ("undo", "withdraw", "remove", "wait")},
    "admin:signups_offer_print": (DESK,),
    "admin:signups_offer_answer": (DESK, "signups.offer"),
    "admin:university_held_back": (DESK,),
    "admin:university_padsheet_print": (DESK, "university.padsheet"),
    "admin:university_padsheet_enter": (DESK, "university.padsheet"),
    "admin:university_queueday_print": ("university.view_queueday", "university.queueday"),
    "admin:university_queueday_call": (DESK, "university.queueday"),
    "admin:university_continuation_class": (DESK, "desk.following"),
    "admin:university_continuation_undo": (DESK, "university.continuation"),
}
# Nothing here is typed into a form of fields: rows come and go by acts.
DESK_EXCEPTIONS = {
    "admin:signups_signup_add": (NOBODY,),
    "admin:signups_signup_change": (SEE, "signups.signup", NOBODY),
    "admin:signups_offer_add": (NOBODY,),
    "admin:signups_offer_change": ("signups.view_offer", "signups.offer", NOBODY),
    "admin:university_padsheet_change": ("university.view_padsheet", "university.padsheet", NOBODY),
    "admin:university_queueday_change": ("university.view_queueday", "university.queueday", NOBODY),
    "admin:university_continuation_changelist": (DESK,),
    "admin:university_continuation_add": (NOBODY,),
    "admin:university_continuation_change": ("university.view_continuation", "university.continuation", NOBODY),
}


def _class_group(side):
    if "desk.classgroup" not in side.objects:
        side.objects["desk.classgroup"] = make_class(make_school(f"学校{side.unit.pk}", unit=side.unit))
    return side.objects["desk.classgroup"]


def _following(side):
    before = _class_group(side)
    return make_class(before.school, follows=before, weekday=4)


def _clerk(side):
    return make_user(f"desk{uuid.uuid4().hex[:8]}", unit=side.unit)


def _name(side) -> str:
    """The canary of the other district; of one's own a plain name, since the school's staff may read it."""
    return "学员" if side.cadre.person.name == "金丝雀甲" else side.cadre.person.name


def _sign_up(side) -> SignUp:
    return SignUp.objects.create(
        offering=_class_group(side).offering,
        person=make_person(_name(side)),
        state="waiting",
        queued_at=NOW,
        source="desk",
    )


def _offer(side) -> Offer:
    row = SignUp.objects.create(
        offering=_class_group(side).offering, person=make_person(_name(side)), state="offered", queued_at=NOW,
        source="desk",
    )  # fmt: skip
    return Offer.objects.create(sign_up=row, made_at=NOW)


def _pad(side):
    school = _class_group(side).school
    return make_pad(school, make_term(side.unit), lines=2, actor=_clerk(side), on=timezone.localdate())


DESK_OBJECTS = {
    "desk.classgroup": _class_group,
    "desk.following": _following,
    "signups.signup": _sign_up,
    "signups.offer": _offer,
    "university.padsheet": _pad,
    "university.queueday": lambda side: QueueDay.objects.create(
        school=_class_group(side).school, on_day=timezone.localdate(), size=20, made_by=_clerk(side)
    ),
    "university.continuation": lambda side: Continuation.objects.create(
        class_group=side.objects["desk.following"], answer_by=NOW, made_at=NOW, made_by=_clerk(side)
    ),
}
