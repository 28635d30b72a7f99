"""The floor of `bin/bench enrol`: a minimal view with the same writes and the same middleware, and nothing looked at:
no rules, no clash, no rank, no second sending."""

import uuid

from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from apps.common import audit
from apps.people.models import PersonAccount
from apps.university.models import ClassGroup
from cadre_portal.urls import *  # noqa: F403
from cadre_portal.urls import urlpatterns as pages

SIGN_UP = """
INSERT INTO signups_signup (public_id, offering_id, person_id, state, queued_at, source, entered_by_id, undo_until,
                            seated_at)
VALUES (%s, %s, %s, %s, now(), 'web', %s, now() + interval '10 minutes', now()) RETURNING id
"""
SEATED = """
WITH taken AS (
  INSERT INTO signups_occupied (person_id, sign_up_id, weekday, starts, ends, first_on, until)
  SELECT %(person)s, %(sign_up)s, weekday, starts, ends, first_on, until FROM signups_offeringtime
  WHERE offering_id = %(offering)s
), student AS (
  INSERT INTO university_student (public_id, person_id, card_no, kind, registered_on)
  VALUES (gen_random_uuid(), %(person)s, %(person)s::text, 'other', now())
), card AS (
  INSERT INTO university_studentcard (student_id, card_no, issued_on) VALUES (%(person)s, %(person)s::text, now())
), there AS (
  INSERT INTO university_studentschool (student_id, school_id, since) VALUES (%(person)s, %(school)s, now())
)
INSERT INTO university_enrolment (public_id, sign_up_id, class_group_id, student_id, state, fee_due)
VALUES (gen_random_uuid(), %(sign_up)s, %(group)s, %(person)s, 'in', 0)
"""


@transaction.atomic
def minimal(request, offering: int) -> HttpResponse:
    """Lock the places, write the sign-up, what a place brings with it, and the audit entries; then to a page."""
    person = PersonAccount.objects.values_list("person_id", flat=True).get(user=request.user)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT capacity - taken FROM signups_places WHERE offering_id = %s FOR NO KEY UPDATE", [offering]
        )
        has_place = cursor.fetchone()[0] > 0
        state = "seated" if has_place else "waiting"
        cursor.execute(SIGN_UP, [str(uuid.uuid4()), offering, person, state, request.user.pk])
        made = cursor.fetchone()[0]
        if has_place:
            group = ClassGroup.objects.only("school_id").get(offering=offering)
            values = {"person": person, "sign_up": made, "offering": offering, "school": group.school_id}
            cursor.execute(SEATED, {**values, "group": group.pk})
            school = f"university.school:{group.school_id}"
            audit.record("student.register", actor=request.user, people=[person], target=school)
    audit.record("signup.make", actor=request.user, people=[person], target=f"signups.signup:{made}")
    return HttpResponseRedirect("/me/")


urlpatterns = [path("bench/<int:offering>/", minimal), *pages]
