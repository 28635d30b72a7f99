"""What messages say, how long they are, when they may disturb and which way they go. Pure: no ORM, no clock."""

from .files import SmsFileRules, outcome_of_word
from .person_texts import NOT_IN_TEXTS, PLACEHOLDERS, check_person_text, filled, with_signature
from .sending import ZONE, SendingRules, back_off, breaker_pause, is_noon_rest, is_quiet, may_go, next_waking
from .sms_length import SmsLength, sms_length
from .templates import (
    Template,
    counted_lines,
    mail_text,
    register_template,
    sms_text,
    template,
    template_keys,
    webhook_text,
)

__all__ = [
    "NOT_IN_TEXTS", "PLACEHOLDERS", "ZONE", "SendingRules", "SmsFileRules", "SmsLength", "Template", "back_off",
    "breaker_pause", "check_person_text", "counted_lines", "filled", "is_noon_rest", "is_quiet", "mail_text", "may_go",
    "next_waking", "outcome_of_word", "register_template", "sms_length", "sms_text", "template", "template_keys",
    "webhook_text", "with_signature",
]  # fmt: skip
