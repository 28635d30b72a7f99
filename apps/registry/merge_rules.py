"""What becomes of the rows of this room when two entries of one person are made one."""

import datetime as dt
from collections.abc import Iterator

from apps.people.choices import LifeStatus
from apps.people.merging import MOVE, How, Rule, declare
from apps.people.models import Person

from .choices import LifeEventKind, LifeEventState
from .models import Cadre, LifeEvent

RULES = {
    "registry.Cadre.person": Rule(How.KEEP, "并入的那份老干部登记作废，留作依据；各项内容逐项选"),
    "registry.Health.cadre": MOVE,
    "registry.LifeEvent.person": Rule(How.STOP, "两份登记都有同一件已核实的变动，请先撤销其中一件。"),
    "registry.ReportLine.person": MOVE,
    "registry.CheckLine.person": MOVE,
    "registry.ImportExtra.person": MOVE,
    "registry.UnitSpan.cadre": MOVE,
    "registry.StandingSpan.cadre": MOVE,
}


def stops(winner: Person, loser: Person, on: dt.date) -> Iterator[str]:
    """One dead and one alive, events that wait for word, and a cadre merged into somebody who is none."""
    dead = {row.life_status == LifeStatus.DECEASED for row in (winner, loser)}
    if len(dead) == 2:
        yield "一份登记已离世，另一份不是。请先核实，把两份改成一致再合并。"
    elif winner.life_status != loser.life_status:
        yield "两份登记的存亡状态不一样，请先核实，把两份改成一致再合并。"
    events = LifeEvent.objects.filter(person__in=[winner, loser], voided_at__isnull=True)
    if events.filter(state=LifeEventState.REPORTED).exists():
        yield "还有没核实的人员变动，请先在“人员变动”里核实。"
    deaths = events.filter(kind=LifeEventKind.DIED, state=LifeEventState.CONFIRMED)
    if deaths.values("person").distinct().count() == 2:
        yield "两份登记都办过离世登记，请先撤销其中一份的离世登记。"
    cadres = set(
        Cadre.objects.filter(pk__in=[winner.pk, loser.pk], voided_at__isnull=True).values_list("pk", flat=True)
    )
    if loser.pk in cadres and winner.pk not in cadres:
        yield "要保留的那份不是老干部登记。请把老干部登记的那一份选为保留。"


def plug() -> None:
    declare(rules=RULES, stops=[stops])
