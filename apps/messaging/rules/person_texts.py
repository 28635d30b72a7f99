"""Texts to old people: plain and polite, with the bureau's number, without anything to click (issue 3, domain 0)."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from .sms_length import sms_length

PLACEHOLDERS = ("姓名", "局名", "电话")
LONGEST_PARTS = 2
SAMPLE = {"姓名": "欧阳德厚", "局名": "中共某某市委老干部局", "电话": "0000-00000000"}
# Old people are told not to press links in texts: one of ours would teach them to.
LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:cn|com|net|org|gov|top|xyz|vip|cc|info)\b|点击|链接|二维码|扫码", re.I)
# Words that staff use among themselves, never towards the person (domain 0, "Words on screens").
NOT_IN_TEXTS = ("双高", "失能", "逾期", "过期", "台账", "重点对象", "独居", "空巢", "老干部同志")


def check_person_text(text: str, *, is_sms: bool, facts: Mapping[str, str] = MappingProxyType({})) -> None:
    """Raises ValueError with a sentence for a text that must not go to an old person. `{电话}` must be in it; an SMS
    may take two parts at most, counted with a name of four characters and a signature of eight. `facts`: what else may
    be named, each with a long example; with 称呼 among them not everybody is a cadre, and `{称呼}` says either. See
    rule book 5.6."""
    known = (*PLACEHOLDERS, *facts)
    if "{姓名}同志" not in text and not ("称呼" in facts and "{称呼}" in text):
        raise ValueError(f"称呼要写成“{'{称呼}' if '称呼' in facts else '{姓名}同志'}”。")
    if "{电话}" not in text:
        raise ValueError("要写上“{电话}”，老同志有事好打过来。")
    if LINK.search(text):
        raise ValueError("给老同志的话里不放网址、链接和二维码。")
    if unknown := [name for name in re.findall(r"[{}][^{}]*[{}]?", text) if name.strip("{}") not in known]:
        raise ValueError(f"“{unknown[0]}”填不了，能用的只有{'、'.join('{' + name + '}' for name in known)}。")
    if found := [word for word in NOT_IN_TEXTS if word in text]:
        raise ValueError(f"“{found[0]}”不写给老同志看。")
    if "您" not in text:
        raise ValueError("对老同志称“您”。")
    if is_sms:
        length = sms_length(with_signature(filled(text, {**SAMPLE, **facts}), "八个字的短信签名"))
        if length.parts > LONGEST_PARTS:
            raise ValueError(f"短信连签名约 {length.units} 字，要按 {length.parts} 条计费，请缩短到两条以内。")


def filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def with_signature(text: str, signature: str) -> str:
    return f"【{signature}】{text}"
