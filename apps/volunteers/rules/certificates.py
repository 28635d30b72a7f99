"""Certificates of service: from how much on, how they are numbered, what a stranger sees of one (rule book 10.70)."""

import datetime as dt
from dataclasses import dataclass

from apps.common.names import surname_of
from apps.organisation.rules import RuleValues, rule_kind

DAY = dt.timedelta(days=1)


@rule_kind(
    "volunteer_certificates",
    "志愿服务证明",
    labels={"least_minutes": "满多少分钟可以开", "publish_days": "公示几天"},
    source="规则手册 10.70；民政部令第67号《志愿服务记录与证明出具办法（试行）》",
)
@dataclass(frozen=True)
class CertificateRules(RuleValues):
    """Raises ValueError with a sentence. See rule book 10.70."""

    least_minutes: int = 60
    publish_days: int = 7

    def __post_init__(self) -> None:
        if self.least_minutes < 1:
            raise ValueError("“满多少分钟可以开”至少 1 分钟。")
        if not 1 <= self.publish_days <= 60:  # noqa: PLR2004
            raise ValueError("“公示几天”填 1 到 60。")


def code_of(unit_id: int, year: int, number: int) -> str:
    """ZM2026-0012-0007: year, unit, number within both."""
    return f"ZM{year}-{unit_id:04d}-{number:04d}"


def initials(name: str) -> str:
    """All that a stranger sees of a name: 李德厚 → 李某; a name without a surname gives its first character."""
    return f"{surname_of(name) or name[:1]}某"


def read_code(text: str) -> str:
    """A number as typed from paper: spaces, full-width and long dashes do not matter."""
    typed = "".join(text.split()).upper()
    for dash in "－—–":
        typed = typed.replace(dash, "-")
    return typed


def is_public(published_on: dt.date | None, on: dt.date, rules: CertificateRules) -> bool:
    """Shown in the public list on a day: `publish_days` days, the first included."""
    return published_on is not None and published_on <= on < published_on + rules.publish_days * DAY
