"""Password profiles: `dengbao` asks what graded protection asks, `asvs` what ASVS 5.0 prefers (trust B3)."""

import datetime
import string

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

REMEMBERED = 5
COMPOSED = frozenset({"dengbao"})
MAX_AGE = {"dengbao": datetime.timedelta(days=90), "asvs": None}


def character_classes(password: str) -> int:
    """How many of lower case, upper case, digits and anything else occur; a Chinese character is 'anything else'."""
    tests = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    found = sum(any(char in group for char in password) for group in tests)
    return found + any(char not in "".join(tests) for char in password)


def is_overdue(changed_at: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Whether the profile asks for a new password by now; one never stamped is judged when it is next set."""
    max_age = MAX_AGE[settings.PASSWORD_PROFILE]
    return max_age is not None and changed_at is not None and now - changed_at > max_age


class ProfileValidator:
    """Composition and reuse, under the `dengbao` profile only."""

    def validate(self, password: str, user=None) -> None:
        if settings.PASSWORD_PROFILE not in COMPOSED:
            return
        if character_classes(password) < 3:
            raise ValidationError("密码要有大写字母、小写字母、数字、符号中的至少三种。", code="password_classes")
        known = [user.password, *user.former_passwords] if user is not None and user.pk else []
        if any(check_password(password, encoded) for encoded in known[: REMEMBERED + 1] if encoded):
            raise ValidationError(f"不能用现在的密码，也不能用最近 {REMEMBERED} 次用过的密码。", code="password_reused")

    def get_help_text(self) -> str:
        if settings.PASSWORD_PROFILE not in COMPOSED:
            return ""
        return f"大写字母、小写字母、数字、符号至少三种；不能与最近 {REMEMBERED} 次的相同。"
