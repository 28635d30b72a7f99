"""After a death: how long a household is left in peace, what staff do, what the family is told. No rows, no clock."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from apps.ledgers.choices.aftermath import AftermathKind
from apps.organisation.rules import RuleValues, rule_kind

DAY = dt.timedelta(days=1)
LONGEST_QUIET, LONGEST_TASK, MOST_OTHERS = 1095, 365, 10


@rule_kind(
    "aftermath",
    "离世以后",
    labels={
        "quiet_days": "多少天内不向这一家自动祝贺问候",
        "condolence_days": "几天内吊唁慰问",
        "notice_days": "几天内送后事告知单",
        "obituary_days": "几天内起草讣告",
        "biography_days": "几天内起草生平",
        "survivor_days": "几天内遗属建档",
        "others": "另外要办的事",
        "other_days": "另外的事几天内办",
    },
    source="规则手册 8.60、8.61；domain 2.1.4、3.6",
)
@dataclass(frozen=True)
class AftermathRules(RuleValues):
    """Days, counted from the day of death for quiet and from the day the bureau learnt of it for tasks; 0 leaves a
    task out. Raises ValueError with a sentence for nonsense.

    See rule book 8.60, 8.61.
    """

    quiet_days: int = 100
    condolence_days: int = 2
    notice_days: int = 3
    obituary_days: int = 1
    biography_days: int = 3
    survivor_days: int = 30
    others: tuple[str, ...] = ()
    other_days: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.quiet_days <= LONGEST_QUIET:
            raise ValueError(f"不发问候的天数填 0 到 {LONGEST_QUIET}。")
        days = [self.condolence_days, self.notice_days, self.obituary_days, self.biography_days, self.survivor_days]
        if not all(0 <= number <= LONGEST_TASK for number in (*days, self.other_days)):
            raise ValueError(f"办理天数填 0 到 {LONGEST_TASK}，填 0 就不列这件事。")
        if len(self.others) > MOST_OTHERS or any(len(name) > 60 for name in self.others):
            raise ValueError(f"另外要办的事最多 {MOST_OTHERS} 件，每件不超过 60 个字。")


@dataclass(frozen=True)
class PlannedTask:
    kind: str
    what: str
    due_on: dt.date


@dataclass(frozen=True)
class NoticeLine:
    """A matter that a family has to see to after a death."""

    title: str
    materials: str
    place: str
    deadline: str
    phone: str = ""


DEFAULT_LINES = (
    NoticeLine(
        "死亡证明和注销户口", "居民死亡医学证明（推断）书、户口簿、逝者身份证、经办人身份证",
        "户籍所在地派出所", "安葬以前或者离世后一个月内",
    ),
    NoticeLine(
        "丧葬费", "死亡证明、火化证明、逝者身份证、亲属身份证和关系证明、领款人银行卡",
        "原单位或养老保险待遇发放机构", "火化以后尽早办；数额按当年当地标准",
    ),
    NoticeLine(
        "一次性抚恤金", "死亡证明、火化证明、亲属关系证明、全体亲属的领取协商书、领款人银行卡",
        "原单位（由单位报审批部门）", "火化以后尽早办；数额按国家和当地标准",
    ),
    NoticeLine(
        "遗属生活困难补助", "申请书、亲属身份证和户口簿、婚姻或亲属关系证明、没有固定收入的证明",
        "原单位", "随时可以申请，批准以后按月发",
    ),
    NoticeLine(
        "停发待遇和结清", "死亡证明、离退休证、工资或养老金银行卡",
        "原单位和养老保险经办机构", "离世当月告诉单位；次月起停发，多发的要退回",
    ),
    NoticeLine(
        "医药费结算", "住院和门诊的发票、费用清单、出院记录、医保凭证、医疗证或保健证",
        "原单位或医保经办机构", "最后一张发票开出以后尽早办，跨年的要在次年规定日期以前",
    ),
    NoticeLine(
        "职工医保个人账户余额", "死亡证明、医保凭证、继承人身份证和关系证明、银行卡",
        "医保经办机构", "没有期限，和医药费一起办最省事",
    ),
    NoticeLine(
        "党组织关系和纪念章证书", "党费证；“光荣在党50年”纪念章等由家属保存，不收回",
        "所在党支部", "支部办理，家属不用跑；党费交到离世当月",
    ),
    NoticeLine(
        "骨灰安放和优待", "火化证明、离休证或荣誉证书、有关审批表",
        "民政部门或老干部局", "安放以前先打电话问清楚",
    ),
)  # fmt: skip


def quiet_until(died_on: dt.date, rules: AftermathRules) -> dt.date:
    """The first day on which greetings go to the household again (half-open). See rule book 8.60."""
    return died_on + rules.quiet_days * DAY


def planned_tasks(learnt_on: dt.date, rules: AftermathRules) -> Iterator[PlannedTask]:
    """What staff do after a death, with the last day in time. See rule book 8.61."""
    for kind in AftermathKind:
        if kind != AftermathKind.OTHER and (days := getattr(rules, f"{kind.value}_days")):
            yield PlannedTask(kind, kind.label, learnt_on + days * DAY)
    if rules.other_days:
        for name in dict.fromkeys(name.strip() for name in rules.others):
            if name:
                yield PlannedTask(AftermathKind.OTHER, name, learnt_on + rules.other_days * DAY)
