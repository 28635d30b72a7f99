"""Pure rules of belonging to party organisations."""

import datetime

from apps.common.partial_date import PartialDate


def last_day_of_life(happened_on: PartialDate, known_on: datetime.date) -> datetime.date:
    """The day from which a dead member belongs no more (exclusive end).

    Known only to the month or year, it is the last possible day, but never after the day the bureau knew.

    See rule book 7.1.
    """
    return min(happened_on.last_day, known_on)


FULL, PROBATIONARY = "01", "02"


def not_a_member(political_status: str, *, is_living: bool) -> str:
    """Why nobody with this 政治面貌 has a formal relation; empty if he may have one.

    See rule book 7.4.
    """
    if not is_living:
        return "他已离世，不再登记组织关系。"
    if not political_status:
        return "他的政治面貌还没有登记。请先在他的页面里登记为中共党员或预备党员。"
    if political_status not in (FULL, PROBATIONARY):
        return "他的政治面貌不是中共党员或预备党员，不能登记正式组织关系。"
    return ""
