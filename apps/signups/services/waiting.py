"""Staff put somebody who holds a place back among those who wait, and say why (rule book 9.46)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.signups.choices import HOLDING, SignUpState
from apps.signups.models import SignUp
from apps.signups.rules import SignUpRules

from .giving import end
from .locking import lock_persons, lock_places
from .passing import offer_free


@transaction.atomic
def to_waiting(sign_up: SignUp, *, reason: str, actor: User, now: dt.datetime) -> SignUp:
    """His place goes to the next; he waits at his old rank, and rests for some days so that the same place does not
    come back to him at once. Waiting already he stays so. See rule book 9.46."""
    lock_persons([sign_up.person_id])
    places = lock_places([sign_up.offering_id])[sign_up.offering_id]
    row = SignUp.objects.get(pk=sign_up.pk)
    row.offering = places.offering
    if row.state == SignUpState.WAITING:
        return row
    if row.state not in HOLDING or row.voided_at is not None:
        raise BusinessError(f"这份报名已经是“{row.get_state_display()}”，不能转为候补。", code="state")
    if not reason.strip():
        raise BusinessError("请写明为什么转为候补。", code="reason", field="reason")
    end(places, [row], SignUpState.WAITING, now=now, reason=reason.strip())
    rules = rule_values(SignUpRules.rule_key, on=timezone.localdate(now), unit=places.offering.unit)
    row.ended_at, row.seated_at = None, None
    row.rest_until = now + dt.timedelta(days=rules.rest_days)
    row.save(update_fields=["ended_at", "seated_at", "rest_until"])
    offer_free(places, now=now)
    audit.record("signup.wait", actor=actor, people=[row.person_id], reason=reason, target=f"signups.signup:{row.pk}")
    return row
