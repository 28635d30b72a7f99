"""有话要说: what an old comrade or his family writes about what was promised, or wants changed."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.secrecy_words import refuse_marks
from apps.ledgers.models import Inquiry
from apps.registry.models import Cadre

from .answering import answering_staff
from .inquiries import InquiryFacts, take_inquiry

SUBJECT_OTHER = "99"
LONGEST = 500


@transaction.atomic
def say(cadre: Cadre, words: str, *, by_family: bool, form_key: uuid.UUID, actor: User, now: dt.datetime) -> Inquiry:
    """Pass the words on to who answers for him, with the usual deadline; staff may make a need of them. The same form
    sent twice is one. Whether `actor` may speak for him is the caller's to check."""
    words = words.strip()
    if not words:
        raise BusinessError("请写下您想说的话。", code="words", field="words")
    if len(words) > LONGEST:
        raise BusinessError(f"请不超过 {LONGEST} 个字，多的请打电话说。", code="long", field="words")
    refuse_marks(words, field="words")
    unit, handler = answering_staff(cadre, None, on=timezone.localtime(now).date())
    facts = InquiryFacts(
        subject=SUBJECT_OTHER, content=words, person_id=cadre.pk, handler=handler,
        source=Source.FAMILY if by_family else Source.SELF,
    )  # fmt: skip
    return take_inquiry(facts, unit=unit, form_key=form_key, actor=actor, now=now)
