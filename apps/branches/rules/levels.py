"""Which party organisation may stand under which, and where a formal relation may lie."""

from apps.branches.choices import Kind, Level, Link

ORDER = (Level.WORK_COMMITTEE, Level.COMMITTEE, Level.GENERAL, Level.BRANCH, Level.GROUP)
RANK = {level: rank for rank, level in enumerate(ORDER)}
# What a member may be to an organisation of a kind. A floating member's relation stays at home (domain 2.2.1 b).
LINKS: dict[str, tuple[Link, ...]] = {
    Kind.FORMAL: (Link.FORMAL, Link.FLOATING),
    Kind.AWAY: (Link.FORMAL, Link.FLOATING),
    Kind.FLOATING: (Link.FLOATING,),
    Kind.TEMPORARY: (Link.TEMPORARY,),
    Kind.FUNCTIONAL: (Link.FUNCTIONAL,),
}


def misplaced(level: str, above: str | None) -> str:
    """Why an organisation of `level` may not stand right under one of level `above` (None: on top); empty if it may.

    党工委 > 党委 > 党总支 > 党支部 > 党小组, steps may be left out, but a group belongs to a branch.

    See rule book 7.3.
    """
    own = Level(level).label
    if level == Level.GROUP and above != Level.BRANCH:
        return "党小组设在党支部里。请先选它所在的党支部。"
    if above is not None and RANK[Level(above)] >= RANK[Level(level)]:
        return f"{own}不能设在{Level(above).label}下面。顺序是：党工委、党委、党总支、党支部、党小组。"
    return ""


def default_link(kind: str) -> Link:
    """What somebody who joins an organisation of the kind is to it."""
    return LINKS[kind][0]


def wrong_link(kind: str, level: str, link: str) -> str:
    """Why nobody may be `link` to an organisation of that kind and level; empty if he may.

    See rule book 7.4.
    """
    if level == Level.GROUP:
        return "党小组不单独接组织关系。请登记在它所在的党支部，再选党小组。"
    if link not in LINKS[kind]:
        fitting = "、".join(f"“{Link(one).label}”" for one in LINKS[kind])
        return f"{Kind(kind).label}党组织的成员登记为{fitting}，不能登记为“{Link(link).label}”。"
    if link == Link.FORMAL and level != Level.BRANCH:
        return f"{Level(level).label}下面的党支部接正式组织关系，请选其中一个党支部。"
    return ""
