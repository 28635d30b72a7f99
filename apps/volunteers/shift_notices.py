"""Words of what volunteers are told of their shifts."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind

from .models import Shift
from .rules.times import day_words, span_words

MOVED = "shift.moved"
EXAMPLE = {"班次": "护河巡查", "时间": "11月28日（星期六）上午9:00–11:00", "地点": "南河社区居委会"}


@rule_kind(
    "shift_texts",
    "志愿服务班次的通知",
    labels={
        "moved_sms": "时间地点有变，短信",
        "moved_card": "时间地点有变，信函",
        "moved_call": "时间地点有变，电话里说",
    },
    source="规则手册 10.19；领域资料 0（用语）；规则手册 5.6",
)
@dataclass(frozen=True)
class ShiftTexts(RuleValues):
    """Raises ValueError with a sentence as for every text to an old person. See rule book 10.19."""

    moved_sms: str = "{姓名}同志：您报的“{班次}”改到{时间}，{地点}。来不了请打电话{电话}。"
    moved_card: str = "{姓名}同志：您报的“{班次}”改到{时间}，地点：{地点}。不方便来，请打电话{电话}告诉我们，没有关系。"
    moved_call: str = "{姓名}同志，您好！您报的“{班次}”改到{时间}，在{地点}。您还方便来吗？有事随时打{电话}。"

    def __post_init__(self):
        for way in ("sms", "card", "call"):
            check_person_text(getattr(self, f"moved_{way}"), is_sms=way == "sms", facts=EXAMPLE)


def facts(context: dict) -> Mapping[str, str]:
    shift = Shift.objects.select_related("team", "project", "offering").get(pk=context["shift"])
    name = shift.project.name if shift.project else shift.offering.title
    return {
        "班次": name, "时间": f"{day_words(shift.on)}{span_words(shift.starts, shift.ends)}", "地点": shift.place,
        "电话": shift.team.phone,
    }  # fmt: skip


register_template(Template(key=MOVED, label="班次改期", texts=ShiftTexts.rule_key, part="moved_", facts=facts))
