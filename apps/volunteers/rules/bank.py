"""The time bank: what earns, how much, who may use, give and get. Values in, values out: no rows, no clock. Minutes."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from apps.common.birthday import full_age
from apps.common.partial_date import PartialDate
from apps.organisation.rules import RuleValues, rule_kind

HOUR = 60
DAY_MINUTES = 24 * HOUR
# GB/T 4761: what he is to me → what I am to him. Of spouses and lineal relatives only.
SPOUSE = ("10", "11", "12")
_BACK = {
    **dict.fromkeys(SPOUSE, "10"), "20": "50", "29": "50", "30": "50", "50": "20", "40": "60", "60": "40",
}  # fmt: skip
LINEAL = tuple(_BACK)


@rule_kind(
    "volunteers.bank",
    "时间银行",
    labels={
        "care_services": "哪些服务存时间币（服务类别代码）",
        "coin_minutes": "一个时间币等于多少分钟",
        "day_most": "一天最多存多少分钟",
        "account_most": "个人账户最多存多少分钟，多出的转入公共池",
        "redeem_age": "满多少周岁可以使用",
        "gift_relations": "可以赠送给哪些亲属（关系代码）",
        "pool_age": "公共池优先照顾满多少周岁的独居老人",
        "grant_most": "公共池一年最多拨付给一位老人多少分钟",
        "heirs_months": "离世后家属几个月内决定余额给谁",
        "team_to_pool": "排班和纸质表登记的团队服务只能捐入公共池",
    },
    source="规则手册 10.30 至 10.38；领域资料 3.9（北京 2022 年、南京 2019 年、鼓楼等地办法，各地不同）",
)
@dataclass(frozen=True)
class BankRules(RuleValues):
    """Minutes, years and months. Raises ValueError with a sentence for nonsense. See rule book 10.30."""

    care_services: tuple[str, ...] = (
        "company", "hospital", "errand", "outing", "repair", "phone", "haircut", "meal", "legal", "fraud",
    )  # fmt: skip
    coin_minutes: int = HOUR
    day_most: int = 8 * HOUR
    account_most: int = 1_500 * HOUR
    redeem_age: int = 60
    gift_relations: tuple[str, ...] = LINEAL
    pool_age: int = 80
    grant_most: int = 24 * HOUR
    heirs_months: int = 12
    team_to_pool: bool = False

    def __post_init__(self):
        if not 1 <= self.coin_minutes <= DAY_MINUTES or not 1 <= self.day_most <= DAY_MINUTES:
            raise ValueError("一个时间币和一天最多存的分钟数填 1 到 1440。")
        if not HOUR <= self.account_most <= 100_000 * HOUR or not 0 <= self.grant_most <= 100_000:
            raise ValueError("账户上限填 60 到 6000000 分钟，一年拨付填 0 到 100000 分钟。")
        if not 0 <= self.redeem_age <= 100 or not 0 <= self.pool_age <= 120:
            raise ValueError("使用年龄填 0 到 100 岁，公共池年龄填 0 到 120 岁。")
        if not 1 <= self.heirs_months <= 120:
            raise ValueError("家属决定的期限填 1 到 120 个月。")
        if set(self.gift_relations) - set(LINEAL):
            raise ValueError("只能赠送给配偶和直系亲属，请从关系代码 10、11、12、20、29、30、40、50、60 里选。")


# Words ------------------------------------------------------------------------------------------------------------


def time_words(minutes: int) -> str:
    """150 → 2小时30分; 45 → 45分; 120 → 2小时; -90 → -1小时30分; 0 → 0分."""
    hours, rest = divmod(abs(minutes), HOUR)
    words = (f"{hours}小时" if hours else "") + (f"{rest}分" if rest or not hours else "")
    return f"-{words}" if minutes < 0 else words


# Earning ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Credit:
    """Where the minutes of one confirmed care go; `dropped` is over the most of a day and goes nowhere."""

    account: int
    pool: int
    dropped: int

    @property
    def total(self) -> int:
        return self.account + self.pool


def earning_refusal(service: str, *, same_household: bool, is_self: bool, rules: BankRules) -> str:
    """Why a confirmed service earns nothing; empty if it earns. What is paid for is no volunteer service and has no
    record at all (民政部令第67号). See rule book 10.31."""
    if is_self or same_household:
        return "照顾自己家里人的时间不存时间币。"
    if service not in rules.care_services:
        return "这一类服务记志愿时长，不存时间币。"
    return ""


def credit_of(minutes: int, balance: int, earned_that_day: int, *, by_team: bool, rules: BankRules) -> Credit:
    """How many minutes go where: no more than is left of the day's most; what is over the account's most to the pool.

    `earned_that_day`: already credited to him for care on the same day. See rule book 10.32.
    """
    counted = max(0, min(minutes, rules.day_most - earned_that_day))
    room = 0 if by_team and rules.team_to_pool else max(0, rules.account_most - balance)
    own = min(counted, room)
    return Credit(own, counted - own, minutes - counted)


# Using ------------------------------------------------------------------------------------------------------------


def redeem_refusal(birth: PartialDate | None, on: dt.date, rules: BankRules) -> str:
    """Why minutes may not be used for a service on a day; empty if they may: he is old enough on that day, as his file
    says; known to the year or month, when he surely is. See rule book 10.33."""
    if birth is None:
        return "没有登记出生日期，请工作人员补上再用。"
    if full_age(birth.last_day, on) >= rules.redeem_age:
        return ""
    return f"满{rules.redeem_age}周岁才可以用时间币。现在可以先存着，也可以送给父母、捐出。"


def cover_refusal(wanted: int, balance: int, held: int) -> str:
    """Why so many minutes may not be taken or held; empty if they may. See rule book 10.33."""
    if wanted < 1:
        return "时间要大于0。"
    available = balance - held
    if wanted <= available:
        return ""
    kept = f"（另有{time_words(held)}已经预留）" if held else ""
    return f"可用的时间是{time_words(available)}{kept}，不够{time_words(wanted)}。"


# Giving -----------------------------------------------------------------------------------------------------------


def seen_from_the_other(relation: str) -> str:
    """50 (my parent) → 20 (his child). Raises KeyError for who is neither spouse nor lineal."""
    return _BACK[relation]


def gift_refusal(relation: str | None, rules: BankRules) -> str:
    """Why nothing may be given to a relative; `relation`: what he is to the giver, None where nobody verified it.

    See rule book 10.34.
    """
    if relation is None:
        return "还没有核实亲属关系。请带户口簿或结婚证找工作人员核实，再送。"
    if relation not in rules.gift_relations:
        return "只能送给配偶和父母、祖父母、子女、孙辈这样的直系亲属。也可以捐给公共池。"
    return ""


def room_refusal(minutes: int, balance: int, rules: BankRules) -> str:
    """Why an account takes no gift of so many minutes: its most. See rule book 10.32."""
    room = max(0, rules.account_most - balance)
    if minutes <= room:
        return ""
    return f"对方的账户最多还能收{time_words(room)}。"


# The pool ---------------------------------------------------------------------------------------------------------


def pool_refusal(birth: PartialDate | None, lives_alone: bool, on: dt.date, rules: BankRules) -> str:
    """Why the pool does not serve somebody; empty if it does. See rule book 10.35."""
    if birth is None or full_age(birth.last_day, on) < rules.pool_age:
        return f"公共池优先照顾满{rules.pool_age}周岁、一个人住的老人，他还不满{rules.pool_age}周岁。"
    return "" if lives_alone else "公共池优先照顾一个人住的老人。请先核对他的居住方式。"


def grant_refusal(minutes: int, granted_this_year: int, rules: BankRules) -> str:
    """Why no more is granted to one person this year. See rule book 10.35."""
    left = max(0, rules.grant_most - granted_this_year)
    return "" if minutes <= left else f"今年公共池最多还能拨付给他{time_words(left)}。"


# The end ----------------------------------------------------------------------------------------------------------


def heirs_until(died_on: dt.date, rules: BankRules) -> dt.date:
    """The last day on which his family decides; after it the rest goes to the pool. See rule book 10.37."""
    month = died_on.month - 1 + rules.heirs_months
    year, month = died_on.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(died_on.day, monthrange(year, month)[1]))
