"""When students and staff of the university are reminded, and in which words."""

import re
from dataclasses import dataclass

from apps.messaging.rules.person_texts import LINK, NOT_IN_TEXTS
from apps.organisation.rules import RuleValues, rule_kind

# What each sentence may name.
NAMES = {
    "term_opens": ("学期", "阶段", "开始", "截止"),
    "payment": ("班级", "金额", "截止"),
    "first_day": ("班级", "日子", "时间", "地点"),
    "lesson": ("班级", "日子", "时间", "地点"),
    "completion": ("班级",),
}


def check_sentence(text: str, names: tuple[str, ...]) -> None:
    """Raises ValueError with a sentence for one that names what there is not, or leads to something to click."""
    if unknown := [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in names]:
        raise ValueError(f"“{{{unknown[0]}}}”填不了，能用的只有{'、'.join('{' + name + '}' for name in names)}。")
    if LINK.search(text) or any(word in text for word in NOT_IN_TEXTS):
        raise ValueError("给老同志的话里不放网址、链接和二维码，也不写工作用语。")
    if not 5 <= len(text) <= 100:
        raise ValueError("每句话 5 到 100 字。")


@rule_kind(
    "university_reminders",
    "老年大学提醒",
    labels={
        "term_ahead": "开始报名提前几天告诉上学期的学员",
        "payment_ahead": "缴费截止提前几天提醒",
        "first_day_ahead": "第一次上课提前几天提醒",
        "completion_days": "发证以后几天内通知领证",
        "short_ahead": "人数不够的班，开课前几天提醒工作人员",
        "agreement_ahead": "合作协议到期前几天提醒工作人员",
        "refund_days": "退费停在一步超过几天提醒工作人员",
        "repair_days": "报修超过几天没修好提醒工作人员",
        "term_opens": "开始报名怎么说",
        "payment": "缴费怎么说",
        "first_day": "第一次上课怎么说",
        "lesson": "每次上课前一天怎么说（只给要提醒的）",
        "completion": "领证怎么说",
    },
    source="规则手册 9.66、9.67；领域资料 3.10",
)
@dataclass(frozen=True)
class UniversityReminders(RuleValues):
    """Days before, and sentences; they stand in the words of class notices (rule book 9.59). See rule book 9.66, 9.67.
    Raises ValueError with a sentence."""

    term_ahead: int = 3
    payment_ahead: int = 3
    first_day_ahead: int = 3
    completion_days: int = 14
    short_ahead: int = 7
    agreement_ahead: int = 30
    refund_days: int = 7
    repair_days: int = 7
    term_opens: str = "{学期}{阶段}{开始}起，到{截止}止。"
    payment: str = "您报的“{班级}”还有学费{金额}元没有交，请在{截止}前交到学校。"
    first_day: str = "“{班级}”{日子}{时间}第一次上课，在{地点}。"
    lesson: str = "“{班级}”明天{时间}上课，在{地点}。"
    completion: str = "您在“{班级}”结业了，证书可以到学校领。"

    def __post_init__(self):
        days = (self.term_ahead, self.payment_ahead, self.first_day_ahead, self.completion_days, self.short_ahead,
                self.agreement_ahead, self.refund_days, self.repair_days)  # fmt: skip
        if not all(1 <= number <= 92 for number in days):
            raise ValueError("天数填 1 到 92。")
        for part, names in NAMES.items():
            check_sentence(getattr(self, part), names)
