"""What is recorded of somebody's health, in words for himself and for those he lets see it (domain 0)."""

from apps.common.code_lists import names_of
from apps.registry.choices import Ability, LifeEventKind, LifeEventState
from apps.registry.models import Health, LifeEvent

MOST = 20
ABILITY = {
    Ability.INTACT: "日常生活自己能料理",
    Ability.MILD: "有些事要人帮一把",
    Ability.MODERATE: "不少事要人帮",
    Ability.SEVERE: "日常要人照料",
    Ability.COMPLETE: "日常要人照料",
}
STAYS = (LifeEventKind.ADMITTED, LifeEventKind.DISCHARGED)


def facts_of(person_id: int) -> list[tuple[str, str]]:
    """Pairs of name and words; what is empty is left out."""
    health = Health.objects.filter(cadre_id=person_id, voided_at__isnull=True).first()
    if health is None:
        return []
    since = health.in_hospital_since
    rows = [
        ("健康状况", names_of("health").get(health.condition, "")),
        ("日常生活", ABILITY.get(Ability(health.ability), "") if health.ability is not None else ""),
        ("评估日期", _day(health.assessed_on)),
        ("正在住院", f"{_day(since)}起，{health.hospital or '医院没有登记'}" if since else ""),
        ("病史", health.chronic),
        ("长期用药", health.medication),
        ("就医绿色通道卡", f"有效到{_day(health.green_card_until)}" if health.green_card_until else ""),
    ]
    return [(name, words) for name, words in rows if words]


def stays_of(person_id: int) -> list[tuple[str, str]]:
    """Admissions and discharges that staff confirmed, the latest first."""
    events = LifeEvent.objects.filter(
        person_id=person_id, kind__in=STAYS, state=LifeEventState.CONFIRMED, voided_at__isnull=True
    ).order_by("-happened_on", "-pk")
    return [
        (event.happened_on.display(), "　".join(filter(None, (event.get_kind_display(), event.hospital, event.ward))))
        for event in events[:MOST]
    ]


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
