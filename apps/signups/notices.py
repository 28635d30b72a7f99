"""Messages that sign-ups and offers post: to staff counted lines without names, to the person whole sentences that name
what it is about and whom to ring (design 4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind
from apps.registry.addressing import address_of

from .kinds import kind_of
from .models import Offering

OFFER, SEATED, WAITING = "signup.offer", "signup.seated", "signup.waiting"
UNREACHED, REMOVED, CANCELLED = "signup.unreached", "signup.removed", "signup.cancelled"
RING, PASSED = "signup.ring", "signup.passed"
_PARTS = {
    "offer": "有名额了", "seated": "已录取", "waiting": "候补", "unreached": "没有联系上", "removed": "被移出",
    "cancelled": "取消",
}  # fmt: skip
_WAYS = {"sms": "短信", "card": "信函", "call": "电话里说"}
# As long a title as they come, for the length of a text.
EXAMPLE = {"称呼": "欧阳德厚同志", "事项": "国画山水（二年级）第三班"}


@rule_kind(
    "signup_texts",
    "报名和候补的通知",
    labels={f"{part}_{way}": f"{label}，{how}" for part, label in _PARTS.items() for way, how in _WAYS.items()},
    source="规则手册 9.9；领域资料 0（用语）；规则手册 5.6",
)
@dataclass(frozen=True)
class SignUpTexts(RuleValues):
    """Words of each message (rule book 9.9); {称呼} is 同志 for cadres and 老师 for others, {事项} the class or
    activity, {电话} the number of those who make it. Raises ValueError with a sentence as for every text to an old
    person."""

    offer_sms: str = "{称呼}：您候补的“{事项}”有名额了，给您留着。要不要，请打电话{电话}告诉我们。"
    offer_card: str = "{称呼}：您候补的“{事项}”有名额了，先给您留着。要不要，请打电话{电话}告诉我们，也可以请家里人打。"
    offer_call: str = "{称呼}，您好！您候补的“{事项}”有名额了，给您留着，您还要吗？想好了随时打{电话}。"
    seated_sms: str = "{称呼}：您报的“{事项}”已录取。有事请打电话{电话}。"
    seated_card: str = "{称呼}：您报的“{事项}”已录取，欢迎您来。有事请打电话{电话}。"
    seated_call: str = "{称呼}，您好！您报的“{事项}”已录取。您有事随时打{电话}。"
    waiting_sms: str = "{称呼}：您报的“{事项}”名额已满，给您排上了候补，有名额就联系您。请打电话{电话}问位次。"
    waiting_card: str = "{称呼}：您报的“{事项}”名额已满，给您排上了候补，有名额就联系您。请打电话{电话}问排第几位。"
    waiting_call: str = "{称呼}，您好！您报的“{事项}”名额已满，给您排上了候补，有名额就联系您。您有事随时打{电话}。"
    unreached_sms: str = "{称呼}：“{事项}”有名额，没有联系上您，先请了下一位，您的候补位次不变。请打电话{电话}。"
    unreached_card: str = (
        "{称呼}：您候补的“{事项}”有过名额，几次都没有联系上您，先请了下一位。您的候补位次不变，再有名额还先问您。"
        "请打电话{电话}，告诉我们怎样联系您方便。"
    )
    unreached_call: str = (
        "{称呼}，您好！您候补的“{事项}”有过名额，没联系上您，先请了下一位，您的位次不变。可以打{电话}。"
    )
    removed_sms: str = "{称呼}：您报的“{事项}”已由工作人员退出。原因请打电话{电话}问我们。"
    removed_card: str = "{称呼}：您报的“{事项}”已由工作人员退出。原因请打电话{电话}问我们。"
    removed_call: str = "{称呼}，您好！您报的“{事项}”已退出，说明一下原因。您有事随时打{电话}。"
    cancelled_sms: str = "{称呼}：很抱歉，您报的“{事项}”取消了。想另选，请打电话{电话}。"
    cancelled_card: str = "{称呼}：很抱歉，您报的“{事项}”取消了。想另选，请打电话{电话}，我们帮您办。"
    cancelled_call: str = "{称呼}，您好！很抱歉，您报的“{事项}”取消了。您想另选，随时打{电话}。"

    def __post_init__(self):
        for part in _PARTS:
            for way in _WAYS:
                check_person_text(getattr(self, f"{part}_{way}"), is_sms=way == "sms", facts=EXAMPLE)


def facts(context: dict) -> Mapping[str, str]:
    """What the words name: how he is addressed, the offering, and the number of those who make it, which goes before
    the bureau's."""
    offering = Offering.objects.select_related("unit").get(pk=context["offering"])
    phone = kind_of(offering).phone(offering)
    return {"称呼": address_of(context["person"]), "事项": offering.title} | ({"电话": phone} if phone else {})


for _key, _part in (
    (OFFER, "offer"), (SEATED, "seated"), (WAITING, "waiting"), (UNREACHED, "unreached"), (REMOVED, "removed"),
    (CANCELLED, "cancelled"),
):  # fmt: skip
    register_template(
        Template(key=_key, label=_PARTS[_part], texts=SignUpTexts.rule_key, part=f"{_part}_", facts=facts)
    )
OFFERS = "admin:signups_offer_changelist"
register_template(Template(key=RING, label="有名额空出，请联系候补的人", unit="位", page=OFFERS))
register_template(Template(key=PASSED, label="没有联系上，名额轮到下一位", unit="位", page=OFFERS))
