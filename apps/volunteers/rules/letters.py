"""What a letter of thanks to a volunteer says (rule book 10.76)."""

import re
from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind

NAMES = {
    "year": ("年份", "次数", "时长", "服务"),
    "anniversary": ("加入", "年数"),
    "served": ("次数", "时长", "服务"),
}
MOST = 200


@rule_kind(
    "volunteer_letters",
    "给志愿者的感谢信",
    labels={
        "year": "年终的信：他这一年做了什么", "anniversary": "周年的信：他来了多少年", "served": "周年的信：他做过什么",
        "thanks": "怎样谢他", "easy": "请他保重", "wish": "最后的祝愿",
    },
    source="规则手册 10.76；事项 7（不设个人排行榜，年终和周年写信感谢）；领域资料 1.2（尽力而为、量力而行、自觉自愿）",
)  # fmt: skip
@dataclass(frozen=True)
class VolunteerLetters(RuleValues):
    """Paragraphs; only his own service is named, nobody else's, no sum beside another. Raises ValueError with a
    sentence. See rule book 10.76."""

    year: str = "{年份}年这一年里，您参加志愿服务{次数}次，共{时长}，做了{服务}。"
    anniversary: str = "{加入}您登记成为志愿者，到今年满{年数}年了。"
    served: str = "这些年您服务{次数}次，共{时长}，做了{服务}。"
    thanks: str = "有您搭一把手，邻里就多一份照应，大家心里都暖和。您的这份情意，我们都记着，谢谢您！"
    easy: str = "志愿服务尽力而为、量力而行，您的身体最要紧。想歇一歇，想换一样做，说一声就好。"
    wish: str = "祝您身体健康、阖家幸福！"

    def __post_init__(self) -> None:
        for part in ("year", "anniversary", "served", "thanks", "easy", "wish"):
            text = getattr(self, part)
            if not 1 <= len(text) <= MOST:
                raise ValueError(f"每一段写 1 到 {MOST} 个字。")
            allowed = NAMES.get(part, ())
            if unknown := [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in allowed]:
                words = f"能用的只有{'、'.join(allowed)}" if allowed else "这一段没有要填的"
                raise ValueError(f"“{{{unknown[0]}}}”填不了，{words}。")


def filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
