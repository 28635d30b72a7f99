"""A volunteer by the name that was typed, in words that say what to do where it is not one."""

import re
from collections.abc import Sequence
from typing import TypeVar

from apps.common.errors import BusinessError
from apps.volunteers.models import OutsidePost, Volunteer

NAME_AND_YEAR = re.compile(r"(?P<name>\D+)(?P<year>(19|20)\d\d)?")
One = TypeVar("One", bound=Volunteer | OutsidePost)


def named(typed: str, among: Sequence[One], *, nobody: str) -> One:
    """The one of `among` (with their persons) whose name it is; with the year of birth behind it where two have it.
    `nobody` is the sentence where there is none; {} in it is the name. Raises BusinessError at the field `who`."""
    words = NAME_AND_YEAR.fullmatch("".join(typed.split())[:40])
    if words is None:
        raise BusinessError("请填姓名。", code="name", field="who")
    found = [row for row in among if row.person.name == words["name"]]
    if words["year"]:
        found = [row for row in found if _year(row) == words["year"]]
    if not found:
        raise BusinessError(nobody.format(words["name"]), code="nobody", field="who")
    if len(found) > 1:
        years = "、".join(_year(row) for row in found)
        words_for_two = f"有 {len(found)} 位{words['name']}，请在姓名后面写出生年份（{years}）。"
        raise BusinessError(words_for_two, code="two", field="who")
    return found[0]


def _year(row: Volunteer | OutsidePost) -> str:
    return str(row.person.birth_date or "")[:4]
