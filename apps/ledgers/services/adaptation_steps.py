"""Moving a case of 适老化改造 from one state to the next, keeping what stood before; and taking the last move back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.models import AdaptationStep, HomeAdaptation
from apps.ledgers.rules.adaptation import AdaptationRules, step_due
from apps.organisation.queries import rule_values

KEPT_ALWAYS = ("step_due_on",)


def rules_for(case: HomeAdaptation, on: dt.date) -> AdaptationRules:
    return rule_values("adaptations", on=on, unit=case.cadre.managing_unit)


def locked(case: HomeAdaptation) -> HomeAdaptation:
    rows = HomeAdaptation.objects.select_for_update(of=("self",)).select_related("cadre__person__community")
    return rows.select_related("cadre__managing_unit", "measure", "cadre__person").get(pk=case.pk)


def stands_at(case: HomeAdaptation, state: str) -> None:
    """Refuses a step that another hand has taken meanwhile, and one of a voided case."""
    if case.voided_at is not None:
        raise BusinessError("这件改造已经作废。", code="voided")
    if case.state != state:
        raise BusinessError(
            f"这件改造现在是“{case.get_state_display()}”，可能别的同志刚办过。请刷新页面再看。", code="state"
        )


def repeated(case: HomeAdaptation, after: str, values: dict) -> bool:
    """Whether this step was taken already with the same words: the form came twice."""
    return case.state == after and all(getattr(case, name) == value for name, value in values.items())


def move(
    case: HomeAdaptation, to: str, values: dict, *, actor, happened_on: dt.date, on: dt.date,
    finished_measure: bool = False,
) -> AdaptationStep:  # fmt: skip
    """Write `values` and the new state, and keep as a step what they replace."""
    names = [*values, *(name for name in KEPT_ALWAYS if name not in values)]
    before = {name: _plain(getattr(case, name)) for name in names}
    step = AdaptationStep.objects.create(
        adaptation=case, before_state=case.state, after_state=to, happened_on=happened_on, before=before, actor=actor,
        finished_measure=finished_measure,
    )  # fmt: skip
    for name, value in values.items():
        setattr(case, name, value)
    case.state = to
    case.step_due_on = step_due(to, happened_on, rules_for(case, on))
    case.save(update_fields=["state", *names])
    case.refresh_from_db(fields=["version"])
    return step


def last_step(case: HomeAdaptation) -> AdaptationStep | None:
    return AdaptationStep.objects.filter(adaptation=case, taken_back_at__isnull=True).order_by("-pk").first()


def put_back(case: HomeAdaptation, step: AdaptationStep) -> None:
    """The columns hold again what they held before the step."""
    for name, value in step.before.items():
        item: Any = case._meta.get_field(name)
        setattr(case, item.attname if item.is_relation else name, None if value is None else item.to_python(value))
    case.state = step.before_state
    case.save(update_fields=["state", *step.before])
    case.refresh_from_db(fields=["version"])
    step.taken_back_at = timezone.now()
    step.save(update_fields=["taken_back_at"])


def _plain(value):
    """As JSON keeps it; read back by the field's own `to_python`."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return getattr(value, "pk", value)
