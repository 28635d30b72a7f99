"""How to reach an old comrade, in words that whoever is to call or visit him can use (issue: how to reach him)."""

from dataclasses import dataclass

from apps.common.phone import dial_link, readable_phone

from .choices import ReachBy

WORDS_OF_WAY = {
    ReachBy.MOBILE: "打手机",
    ReachBy.LANDLINE: "打座机",
    ReachBy.VISIT: "上门，不用电话",
    ReachBy.LETTER: "写信",
}


@dataclass(frozen=True)
class Number:
    """One number as stored (bare digits with the area code, 转 before an extension); `label` is what kind it is."""

    label: str
    number: str
    whose: str = ""

    @property
    def shown(self) -> str:
        return readable_phone(self.number)

    @property
    def link(self) -> str:
        """For a `tel:` address."""
        return dial_link(self.number)


@dataclass(frozen=True)
class Reach:
    """How one person is reached today.

    `numbers` and `address` are empty unless the asker may see them (`people.queries.reach_of`); the first number is
    the one to try. `away` says in words that he is not at home now; his numbers then begin with the one there.
    """

    person_id: int
    by: str = ReachBy.MOBILE
    through: str = ""
    answers: str = ""
    hours: str = ""
    hearing: bool = False
    sight: bool = False
    dialect: str = ""
    note: str = ""
    away: str = ""
    address: str = ""
    numbers: tuple[Number, ...] = ()
    in_full: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return reach_words(self)

    @property
    def sentence(self) -> str:
        """On one line, for sheets and cards."""
        return "，".join(self.words)

    @property
    def first_number(self) -> Number | None:
        return next(iter(self.numbers), None)


def reach_words(reach: Reach) -> tuple[str, ...]:
    """What to know before calling or going, the way first: 打座机, 一般老伴接, 上午9点后方便, 听力不好, 讲潮汕话."""
    if reach.by == ReachBy.THROUGH:
        way = f"请{reach.through}转告" if reach.through else "请人转告（没写请谁）"
    else:
        way = WORDS_OF_WAY[ReachBy(reach.by)]
    said = (
        reach.away,
        way,
        f"一般{reach.answers}接" if reach.answers else "",
        f"{reach.hours}方便" if reach.hours else "",
        f"也可请{reach.through}转告" if reach.through and reach.by != ReachBy.THROUGH else "",
        "听力不好" if reach.hearing else "",
        "视力不好" if reach.sight else "",
        f"讲{reach.dialect}" if reach.dialect else "",
        reach.note,
    )
    return tuple(words for words in said if words)
