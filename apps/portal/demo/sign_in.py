"""How the secretary, the retiree, the family and the team's leader of the demo city sign in: a phone and a card each.

The numbers and the cards are printed on the sign-in page of the demo (templates/account/phone.html).
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.accounts import cards, phone_codes, phone_logins
from apps.accounts.models import User
from apps.accounts.phone_logins import phone_hash
from apps.people.choices import PhoneKind
from apps.people.models import Phone
from apps.people.services import save_phone

NUMBERS = {"shuji": "13900001001", "laotongzhi": "13900001002", "jiashu": "13900001003"}
CARD_DIGITS = "2580"
WAITING = dt.timedelta(minutes=20)


@transaction.atomic
def write_sign_in(staff: dict[str, User], *, on: dt.date) -> None:
    """Put each number on record, open it for signing in, issue a card with a published token; somebody waits for a
    call. Nothing where these accounts do not stand."""
    users = {user.username: user for user in User.objects.filter(username__in=NUMBERS)}
    for username, user in users.items():
        give_ways_in(user, NUMBERS[username], actor=staff["jingban"], on=on)
    if "shuji" in users:
        phone_codes.ask(NUMBERS["shuji"], "demo", now=timezone.now() - WAITING, by_call=True)


def give_ways_in(user: User, number: str, *, actor: User, on: dt.date) -> None:
    """Signing in by a telephone and by a card whose token is published."""
    _put_on_record(user, number, actor)
    phone_logins.open_phone_login(user, phone_hash(number), actor=actor)
    card, _ = cards.issue(user, CARD_DIGITS, actor=actor, on=on)
    card.digest = cards.token_digest(f"demo-{user.username}")
    card.save(update_fields=["digest"])


def _put_on_record(user: User, number: str, actor: User) -> None:
    if user.proxy_grants.filter(relative__phone_index=phone_hash(number)).exists():
        return
    own = user.persons.filter(is_proxy=False).first()
    person_id = own.person_id if own else user.posts.values_list("person_id", flat=True).first()
    save_phone(Phone(person_id=person_id, kind=PhoneKind.MOBILE, whose="本人", position=9), number, actor=actor)
