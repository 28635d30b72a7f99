"""When whom to remind of what: lead times and escalation as rule sets (domain 3.5, 3.6; peers 30)."""

from dataclasses import dataclass

from apps.branches.occasions import TOPICS
from apps.messaging.choices import DeliveryClass
from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind

from .choices import ReminderKind, Stage


@rule_kind(
    "reminder_stages",
    "提醒时间",
    labels={
        "birthday_ahead": "重点对象生日提前几天（第一次）",
        "birthday_eve": "重点对象生日提前几天（第二次）",
        "list_day": "其他人员下月生日名单在每月几日",
        "focus_veteran": "离休干部算重点对象",
        "focus_age": "满多少岁算重点对象",
        "focus_alone": "独居算重点对象",
        "focus_ability": "失能等级达到几级算重点对象",
        "focus_ill": "患重病算重点对象",
        "feb29": "2月29日生日平年在哪天",
        "milestone_ahead": "整寿提前几天报局领导",
        "milestone_from": "整寿从多少岁起",
        "milestone_step": "每隔几岁算整寿",
        "milestone_ages": "另外算整寿的岁数",
        "milestone_nominal": "整寿按虚岁",
        "milestone_offset": "整寿提前几岁过（过九不过十填 1）",
        "visit_ahead": "走访、联系到期提前几天（第一次）",
        "visit_eve": "走访、联系到期提前几天（第二次）",
        "overdue": "逾期几天提醒责任人",
        "overdue_section": "逾期几天报科长",
        "overdue_bureau": "逾期几天报局领导",
        "overdue_last": "逾期几天后不再提醒",
        "notice_days": "住院、出院通知几天内有效",
        "greeting_ahead": "生日祝福提前几天备好（印贺卡、列电话单）",
        "greeting_needs_consent": "生日祝福只给同意短信问候的老同志",
    },
    source="规则手册 2.4；领域资料 3.5、3.6",
)
@dataclass(frozen=True)
class ReminderStages(RuleValues):
    """Days before or after the occasion. A stage on a day off comes on the working day before, one that tells of
    lateness on the one after, the birthday itself always on its day.

    Raises ValueError with a sentence when stages would overlap.

    See rule book 2.6, 2.7, 5.3.
    """

    birthday_ahead: int = 7
    birthday_eve: int = 1
    list_day: int = 25
    focus_veteran: bool = True
    focus_age: int = 80
    focus_alone: bool = True
    focus_ability: int = 2
    focus_ill: bool = True
    feb29: str = "02-28"
    milestone_ahead: int = 7
    milestone_from: int = 60
    milestone_step: int = 5
    milestone_ages: tuple[int, ...] = (80, 90, 100)
    milestone_nominal: bool = False
    milestone_offset: int = 0
    visit_ahead: int = 7
    visit_eve: int = 1
    overdue: int = 3
    overdue_section: int = 7
    overdue_bureau: int = 14
    overdue_last: int = 28
    notice_days: int = 7
    greeting_ahead: int = 5
    greeting_needs_consent: bool = True

    def __post_init__(self):
        if not 31 >= self.birthday_ahead > self.birthday_eve > 0 or not 31 >= self.visit_ahead > self.visit_eve > 0:
            raise ValueError("第一次提醒要早于第二次，第二次至少提前一天，都不超过 31 天。")
        if not 0 < self.overdue < self.overdue_section < self.overdue_bureau < self.overdue_last <= 92:
            raise ValueError("逾期的几个天数要一个比一个大，最多 92 天。")
        if not 1 <= self.list_day <= 28:
            raise ValueError("名单日期填 1 到 28。")
        if self.feb29 not in ("02-28", "03-01"):
            raise ValueError("2月29日生日平年只能在 02-28 或 03-01。")
        if self.milestone_step < 1 or self.milestone_offset not in (0, 1) or not 0 < self.milestone_ahead <= 31:
            raise ValueError("整寿的间隔至少 1 岁；提前几岁只能填 0 或 1；提前天数 1 到 31。")
        if self.notice_days < 1:
            raise ValueError("通知至少 1 天有效。")
        if not 0 <= self.greeting_ahead <= 31:
            raise ValueError("生日祝福提前 0 到 31 天备好。")


@rule_kind(
    "greeting_texts",
    "生日祝词",
    labels={
        "sms": "短信（不含签名；连签名 70 字以内 1 条，超过的按每条 67 字计费，最多两条）",
        "card": "贺卡",
        "call": "电话里说",
    },
    source="规则手册 5.6；领域资料 0（用语）、3.5；短信计费按 3GPP TS 23.040",
)
@dataclass(frozen=True)
class GreetingTexts(RuleValues):
    """Words for an old person's birthday; {姓名}, {局名} and {电话} are filled in. Raises ValueError with a sentence
    for a link, a missing number, staff jargon, or a text of more than two parts."""

    sms: str = "{姓名}同志：今天是您的生日，祝您生日快乐、身体健康！有事请打电话{电话}，我们随时为您服务。"
    card: str = (
        "{姓名}同志：值此您生日之际，{局名}全体同志向您致以诚挚的祝福，祝您生日快乐、健康长寿、阖家幸福！"
        "您有什么需要，请打电话{电话}。"
    )
    call: str = "{姓名}同志，您好！这里是{局名}，今天是您的生日，祝您生日快乐、身体健康！您有事随时打{电话}找我们。"

    def __post_init__(self):
        check_person_text(self.sms, is_sms=True)
        check_person_text(self.card, is_sms=False)
        check_person_text(self.call, is_sms=False)


# Words of the counted lines: they are all that leaves the portal, so no name can stand beside an illness.
_DIGEST = (
    (ReminderKind.BIRTHDAY, Stage.DAY, "今天生日", "位"),
    (ReminderKind.BIRTHDAY, Stage.EVE, "即将生日", "位"),
    (ReminderKind.BIRTHDAY, Stage.AHEAD, "一周内生日", "位"),
    (ReminderKind.BIRTHDAY, Stage.MILESTONE, "整寿", "位"),
    (ReminderKind.BIRTHDAY, Stage.LIST, "下月生日", "位"),
    (ReminderKind.VISIT, Stage.EVE, "走访联系即将到期", "项"),
    (ReminderKind.VISIT, Stage.AHEAD, "走访联系快到期", "项"),
    (ReminderKind.VISIT, Stage.OVERDUE, "走访联系逾期", "项"),
    (ReminderKind.VISIT, Stage.OVERDUE_SECTION, "本科室逾期", "项"),
    (ReminderKind.VISIT, Stage.OVERDUE_BUREAU, "全局逾期两周", "项"),
    (ReminderKind.DISCHARGE, Stage.DAY, "出院待看望", "位"),
)
_URGENT = ((ReminderKind.HOSPITAL, Stage.DAY, "新住院待看望", "位"),)


def template_key(kind: str, stage: str, subject_key: str = "") -> str:
    """Reminders of branches are told apart by their topic, all others by their stage."""
    return f"{kind}.{subject_key.partition(':')[0] if kind == ReminderKind.BRANCH else stage}"


def delivery_class(kind: str) -> str:
    return DeliveryClass.URGENT if kind == ReminderKind.HOSPITAL else DeliveryClass.DIGEST


for _kind, _stage, _label, _unit in (*_URGENT, *_DIGEST):
    register_template(
        Template(
            key=template_key(_kind, _stage),
            label=_label,
            unit=_unit,
            health=_kind in (ReminderKind.HOSPITAL, ReminderKind.DISCHARGE),
            celebrates=_kind == ReminderKind.BIRTHDAY,
            page="admin:birthday_list" if _stage == Stage.LIST else "",
        )
    )

for _topic in TOPICS:
    register_template(
        Template(
            key=template_key(ReminderKind.BRANCH, "", _topic.key),
            label=_topic.label,
            unit=_topic.unit,
            page=_topic.page,
        )
    )

GREETING = "birthday.greeting"
register_template(Template(key=GREETING, label="生日祝福", unit="份", celebrates=True, texts=GreetingTexts.rule_key))
