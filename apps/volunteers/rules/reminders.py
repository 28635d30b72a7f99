"""When volunteers are reminded and thanked, and in which sentence (rule book 10.72, 10.73, 10.74)."""

import re
from dataclasses import dataclass

from apps.messaging.rules import check_person_text
from apps.organisation.rules import RuleValues, rule_kind

EXAMPLE = {
    "称呼": "欧阳德厚同志",
    "事项": "明天11月28日（星期六）上午9:00–11:30请您参加“护河巡查”，在南河桥头。",
}
NAMES = {
    "shift": ("日子", "时间", "班次", "地点"),
    "hours": ("队名", "条数"),
    "care": ("日子", "服务"),
    "certificate": ("编号",),
    "paper": ("材料", "到期"),
    "anniversary": ("年数",),
    "year": ("年份", "次数", "时长"),
    "post": ("岗位", "到期"),
}


@rule_kind(
    "volunteer_texts",
    "志愿服务提醒的话",
    labels={"sms": "短信", "card": "信函", "call": "电话里怎么说"},
    source="规则手册 10.75；规则手册 5.6",
)
@dataclass(frozen=True)
class VolunteerTexts(RuleValues):
    """`{称呼}` is 同志 for cadres and 老师 for others, `{事项}` the sentence of the occasion. Raises ValueError with a
    sentence as for every text to an old person. See rule book 10.75."""

    sms: str = "{称呼}您好：{事项}有事请打电话{电话}。"
    card: str = "{称呼}：您好！{事项}您有事请打电话{电话}。"
    call: str = "{称呼}您好！{事项}您有什么事，可以打{电话}。"

    def __post_init__(self) -> None:
        for way in ("sms", "card", "call"):
            check_person_text(getattr(self, way), is_sms=way == "sms", facts=EXAMPLE)


@rule_kind(
    "volunteer_reminders",
    "志愿服务提醒和感谢",
    labels={
        "hours_days": "时长等几天没有确认提醒队长", "care_days": "服务以后几天没有确认提醒受助的同志",
        "certificate_days": "证明开好以后几天内通知", "paper_ahead": "书面材料、保险到期提前几天提醒",
        "apply_days": "证明申请几天没有受理提醒工作人员", "short_ahead": "班次缺人提前几天提醒工作人员",
        "thanks_from": "年终感谢从12月几日起", "shift": "明天有班次怎么说", "hours": "请队长确认时长怎么说",
        "care": "请确认服务怎么说", "certificate": "证明开好了怎么说", "paper": "材料快到期怎么说",
        "anniversary": "加入纪念日怎么说", "year": "年终感谢怎么说",
        "post": "社会任职快到期怎么说",
    },
    source="规则手册 10.72—10.74；事项 7",
)  # fmt: skip
@dataclass(frozen=True)
class VolunteerReminders(RuleValues):
    """Days, and sentences; thanks name nobody else's hours. Raises ValueError with a sentence (rule book 10.72)."""

    hours_days: int = 3
    care_days: int = 3
    certificate_days: int = 14
    paper_ahead: int = 30
    apply_days: int = 3
    short_ahead: int = 7
    thanks_from: int = 20
    shift: str = "明天{日子}{时间}请您参加“{班次}”，在{地点}。身体不方便就不用来，说一声就好。"
    hours: str = "“{队名}”有{条数}条服务记录等您确认。"
    care: str = "{日子}的{服务}，志愿者来过了吗？多长时间？请您告诉我们。"
    certificate: str = "您的志愿服务证明开好了，编号{编号}，可以来拿，也可以在网上打印。"
    paper: str = "您的{材料}{到期}到期，请您方便时来续签，续好了再安排服务。"
    anniversary: str = "您参加志愿服务到今天满{年数}年了，谢谢您！请您多保重，量力而行。"
    year: str = "{年份}年您参加志愿服务{次数}次，共{时长}，谢谢您！请您多保重，量力而行。"
    post: str = "您担任的{岗位}，{到期}到期。您愿意接着做还是想歇一歇，都请告诉我们。"

    def __post_init__(self) -> None:
        days = (self.hours_days, self.care_days, self.certificate_days, self.paper_ahead, self.apply_days,
                self.short_ahead)  # fmt: skip
        if not all(1 <= number <= 92 for number in days):  # noqa: PLR2004
            raise ValueError("天数填 1 到 92。")
        if not 1 <= self.thanks_from <= 31:  # noqa: PLR2004
            raise ValueError("年终感谢的日子填 1 到 31。")
        for part, names in NAMES.items():
            said = re.findall(r"\{([^{}]*)\}", getattr(self, part))
            if unknown := [name for name in said if name not in names]:
                raise ValueError(f"“{{{unknown[0]}}}”填不了，能用的只有{'、'.join(names)}。")
