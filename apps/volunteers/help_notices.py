"""Messages about requests for help: to volunteers, to who is helped, counted lines to staff. None carries an address or
says what somebody is ill with."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.common.code_lists import names_of
from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind

from .models import ServiceRequest
from .rules.times import day_words, span_words

ASKED, UNNEEDED = "help.asked", "help.unneeded"
AGREED, AGAIN, UNMET, CONFIRM = "help.agreed", "help.again", "help.unmet", "help.confirm"
CANCELLED, LEAD = "help.cancelled", "help.lead"
NEW, OPEN_AGAIN, UNCOVERED, ANSWERED, DOUBTED = (
    "help.new", "help.open_again", "help.uncovered", "help.answered", "help.doubted",
)  # fmt: skip
_PARTS = {
    "asked": "问志愿者愿不愿意", "unneeded": "不用去了", "agreed": "有志愿者答应了", "again": "志愿者去不了，再找",
    "unmet": "没有找到人", "confirm": "请确认服务", "cancelled": "求助取消了",
    "lead": "请队长帮着找人",
}  # fmt: skip
_WAYS = {"sms": "短信", "card": "信函", "call": "电话里说"}
EXAMPLE = {"事项": "陪诊陪护（11月28日（星期六）上午10:00–11:30）"}


@rule_kind(
    "help_texts",
    "求助的通知",
    labels={f"{part}_{way}": f"{label}，{how}" for part, label in _PARTS.items() for way, how in _WAYS.items()},
    source="规则手册 10.28；领域资料 0（用语）；规则手册 5.6",
)
@dataclass(frozen=True)
class HelpTexts(RuleValues):
    """Words of each message (see rule book 10.28); {事项} is the service with day and time. Raises ValueError with a
    sentence as for every text to an old person."""

    asked_sms: str = "{姓名}同志：想请您帮忙：{事项}。方便不方便都请您打电话{电话}说一声，不方便也没有关系。"
    asked_card: str = (
        "{姓名}同志：有一位老同志想请您帮忙：{事项}。方便不方便都请您打电话{电话}说一声，不方便也没有关系。"
    )
    asked_call: str = "{姓名}同志，您好！想请您帮忙：{事项}。您方便吗？不方便也没有关系，想好了打{电话}。"
    unneeded_sms: str = "{姓名}同志：谢谢您！{事项}这次不用您去了，下次再请您。有事请打电话{电话}。"
    unneeded_card: str = "{姓名}同志：谢谢您！{事项}这次不用您去了，下次再请您。有事请打电话{电话}。"
    unneeded_call: str = "{姓名}同志，您好！谢谢您，{事项}这次不用您去了，下次再请您。有事打{电话}。"
    agreed_sms: str = "{姓名}同志：您请人帮忙的{事项}，有志愿者答应来了。有变化请打电话{电话}。"
    agreed_card: str = "{姓名}同志：您请人帮忙的{事项}，有志愿者答应来了。有变化请打电话{电话}。"
    agreed_call: str = "{姓名}同志，您好！您请人帮忙的{事项}，有志愿者答应来了。有变化打{电话}。"
    again_sms: str = "{姓名}同志：{事项}，答应来的志愿者临时来不了，我们在给您另找。请打电话{电话}问我们。"
    again_card: str = "{姓名}同志：{事项}，答应来的志愿者临时来不了，我们在给您另找。请打电话{电话}问我们。"
    again_call: str = "{姓名}同志，您好！{事项}，答应来的志愿者临时来不了，我们在给您另找。您随时打{电话}。"
    unmet_sms: str = "{姓名}同志：很抱歉，{事项}没有找到合适的志愿者。请您打电话{电话}，我们一起想别的办法。"
    unmet_card: str = "{姓名}同志：很抱歉，{事项}没有找到合适的志愿者。请您打电话{电话}，我们一起想别的办法。"
    unmet_call: str = "{姓名}同志，您好！很抱歉，{事项}没有找到合适的志愿者，我们和社区一起想办法。您随时打{电话}。"
    confirm_sms: str = "{姓名}同志：{事项}，志愿者来过了吗？多长时间？请您打电话{电话}告诉我们，也可以在网上确认。"
    confirm_card: str = "{姓名}同志：{事项}，志愿者来过了吗？多长时间？请您打电话{电话}告诉我们。"
    confirm_call: str = "{姓名}同志，您好！{事项}，志愿者来过了吗？多长时间？您满意吗？有事打{电话}。"
    cancelled_sms: str = "{姓名}同志：您请人帮忙的{事项}已经取消。还需要人帮忙，请打电话{电话}。"
    cancelled_card: str = "{姓名}同志：您请人帮忙的{事项}已经取消。还需要人帮忙，请打电话{电话}。"
    cancelled_call: str = "{姓名}同志，您好！您请人帮忙的{事项}已经取消。还需要人帮忙，随时打{电话}。"
    lead_sms: str = "{姓名}同志：{事项}还没有人答应，请您在队里问一问。需要帮忙请打电话{电话}。"
    lead_card: str = "{姓名}同志：{事项}还没有人答应，请您在队里问一问。需要帮忙请打电话{电话}。"
    lead_call: str = "{姓名}同志，您好！{事项}还没有人答应，请您在队里问一问。需要帮忙打{电话}。"

    def __post_init__(self):
        for part in _PARTS:
            for way in _WAYS:
                check_person_text(getattr(self, f"{part}_{way}"), is_sms=way == "sms", facts=EXAMPLE)


def said_of(request: ServiceRequest) -> str:
    """陪诊陪护（11月28日（星期六）上午10:00–11:30）: what every message names; no place, no name."""
    service = names_of("volunteer_service").get(request.service, "帮忙")
    return f"{service}（{day_words(request.on)}{span_words(request.starts, request.ends)}）"


def facts(context: dict) -> Mapping[str, str]:
    request = ServiceRequest.objects.select_related("team", "unit").get(pk=context["request"])
    phone = request.team.phone if request.team else request.unit.phone
    return {"事项": said_of(request)} | ({"电话": phone} if phone else {})


for _key, _part in (
    (ASKED, "asked"), (UNNEEDED, "unneeded"), (AGREED, "agreed"), (AGAIN, "again"), (UNMET, "unmet"),
    (CONFIRM, "confirm"), (CANCELLED, "cancelled"), (LEAD, "lead"),
):  # fmt: skip
    register_template(Template(key=_key, label=_PARTS[_part], texts=HelpTexts.rule_key, part=f"{_part}_", facts=facts))

LIST = "admin:volunteers_servicerequest_changelist"
for _key, _label in (
    (NEW, "新的求助，请帮着找人"), (OPEN_AGAIN, "志愿者去不了，求助又要找人"), (UNCOVERED, "求助快到了还没有人"),
    (DOUBTED, "求助的同志说服务对不上"),
):  # fmt: skip
    register_template(Template(key=_key, label=_label, unit="件", page=LIST))
register_template(Template(key=ANSWERED, label="您代提的求助有了回音", unit="件"))
