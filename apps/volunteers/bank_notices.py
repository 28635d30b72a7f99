"""Messages of the time bank to the person whose minutes moved: what, how much, what is left (design 4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.messaging.rules import Template, check_person_text, register_template
from apps.organisation.rules import RuleValues, rule_kind

from .models import Entry
from .rules.bank import time_words

EARNED, SPENT, GIFT = "bank.earned", "bank.spent", "bank.gift"
GRANTED, CORRECTED, SURPLUS = "bank.granted", "bank.corrected", "bank.surplus"
_PARTS = {
    "earned": "时间存入", "spent": "时间使用", "gift": "收到赠送的时间", "granted": "公共池拨付",
    "corrected": "时间更正", "surplus": "时间转入公共池",
}  # fmt: skip
_WAYS = {"sms": "短信", "card": "信函", "call": "电话里说"}
EXAMPLE = {"时间": "1234小时30分", "余额": "1234小时30分"}


@rule_kind(
    "bank_texts",
    "时间银行的通知",
    labels={f"{part}_{way}": f"{label}，{how}" for part, label in _PARTS.items() for way, how in _WAYS.items()},
    source="规则手册 10.39；领域资料 0（用语）；规则手册 5.6",
)
@dataclass(frozen=True)
class BankTexts(RuleValues):
    """Words of each message (rule book 10.39); {时间}: how much moved, {余额}: what is in the account now. Raises
    ValueError with a sentence as for every text to an old person."""

    earned_sms: str = "{姓名}同志：您帮助别人的{时间}已存入时间账户，现有{余额}。有疑问请打电话{电话}。"
    earned_card: str = "{姓名}同志：您帮助别人的{时间}，对方已确认，存入了您的时间账户，现有{余额}。有疑问请打{电话}。"
    earned_call: str = "{姓名}同志，您好！您帮助别人的{时间}已存入时间账户，现有{余额}。有疑问随时打{电话}。"
    spent_sms: str = "{姓名}同志：这次帮忙用了您{时间}，时间账户还有{余额}。有出入请打电话{电话}。"
    spent_card: str = "{姓名}同志：这次上门帮忙用了您时间账户里的{时间}，还有{余额}。有出入请打电话{电话}。"
    spent_call: str = "{姓名}同志，您好！这次帮忙用了您{时间}，还有{余额}。对不对？有出入随时打{电话}。"
    gift_sms: str = "{姓名}同志：家里人送给您{时间}，时间账户现有{余额}。要人帮忙时就能用，请打电话{电话}。"
    gift_card: str = (
        "{姓名}同志：家里人把帮助别人存下的{时间}送给了您，时间账户现有{余额}。要人陪诊、代买、修东西，请打{电话}。"
    )
    gift_call: str = "{姓名}同志，您好！家里人送给您{时间}，现有{余额}。您要人帮忙，随时打{电话}。"
    granted_sms: str = "{姓名}同志：时间银行公共池给了您{时间}，现有{余额}。要人帮忙请打电话{电话}。"
    granted_card: str = "{姓名}同志：时间银行公共池给了您{时间}，现有{余额}。要人陪诊、代买、修东西，请打电话{电话}。"
    granted_call: str = "{姓名}同志，您好！时间银行公共池给了您{时间}，现有{余额}。您要人帮忙，随时打{电话}。"
    corrected_sms: str = "{姓名}同志：您的时间账户更正了{时间}，现有{余额}。原因请打电话{电话}问我们。"
    corrected_card: str = "{姓名}同志：您的时间账户有一笔登记错了，已更正{时间}，现有{余额}。原因请打电话{电话}问我们。"
    corrected_call: str = "{姓名}同志，您好！您的时间账户更正了{时间}，现有{余额}，说明一下原因。有事随时打{电话}。"
    surplus_sms: str = "{姓名}同志：您帮助别人的时间里，{时间}转入公共池，账户现有{余额}。有疑问请打电话{电话}。"
    surplus_card: str = (
        "{姓名}同志：您帮助别人的时间，对方已确认，其中{时间}转入公共池，给更需要的老人用，"
        "您的时间账户现有{余额}。谢谢您！有疑问请打{电话}。"
    )
    surplus_call: str = "{姓名}同志，您好！您帮助别人的时间里，{时间}转入了公共池，账户现有{余额}。有疑问随时打{电话}。"

    def __post_init__(self):
        for part in _PARTS:
            for way in _WAYS:
                check_person_text(getattr(self, f"{part}_{way}"), is_sms=way == "sms", facts=EXAMPLE)


def facts(context: dict) -> Mapping[str, str]:
    """How much moved by a transfer in one account, and what stood there after it."""
    row = Entry.objects.filter(transfer=context["transfer"], account=context["account"])
    row = row.select_related("account__bank").first()
    minutes, left = (row.minutes, row.balance_after or 0) if row else (0, 0)
    phone = row.account.bank.phone if row else ""
    return {"时间": time_words(abs(minutes)), "余额": time_words(left)} | ({"电话": phone} if phone else {})


for _key, _part in (
    (EARNED, "earned"), (SPENT, "spent"), (GIFT, "gift"), (GRANTED, "granted"), (CORRECTED, "corrected"),
    (SURPLUS, "surplus"),
):  # fmt: skip
    register_template(Template(key=_key, label=_PARTS[_part], texts=BankTexts.rule_key, part=f"{_part}_", facts=facts))
