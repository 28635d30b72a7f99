"""What pages and lists say about a person, from rows already loaded."""

import datetime

from apps.common.birthday import full_age
from apps.people.choices import Calendar, LifeStatus
from apps.people.models import Person


def age_of(person: Person, today: datetime.date) -> int | None:
    """Full years by the file's date; for the dead, at death. None where the year is unknown."""
    if not person.birth_date:
        return None
    until = person.died_on.first_day if person.life_status == LifeStatus.DECEASED and person.died_on else today
    return full_age(person.birth_date.first_day, until)


def birthday_words(person: Person) -> str:
    """How the person celebrates, in words."""
    if not person.birthday_calendar:
        return ""
    calendar = Calendar(person.birthday_calendar).label
    leap = "闰" if person.birthday_leap else ""
    greeting = "" if person.birthday_greeting else "（不要问候）"
    return f"{calendar}{leap}{person.birthday_month}月{person.birthday_day}日{greeting}"


def called(name: str, *, is_cadre: bool) -> str:
    """How somebody is addressed: 李德厚同志 for a cadre, 王兰老师 for any other old person."""
    return f"{name}{'同志' if is_cadre else '老师'}"
