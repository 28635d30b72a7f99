"""The sheet of one plan as plain values: what is printed, exported and frozen as a version."""

import datetime as dt
from collections.abc import Callable

from apps.ledgers.choices import Section
from apps.registry.models import Cadre

from .plan_lines import About, Line
from .plan_sections import lines_of
from .plans import MeasureView, NeedView, PersonPlan, plan_of

NUMERALS = "一二三四五"
# Never on the person's or the family's page (domain 0).
OFFICE_WORDS = ("双高期", "失能", "失智", "服务等级")


def sheet_of(found: PersonPlan, *, on: dt.date, sees: Callable[[str], bool]) -> dict:
    """Everything on the two pages, as it stands on `on` for whoever `sees` it; JSON through and through. What is for
    staff alone is left out: he and his family sign it."""
    cadre, plan = found.cadre, found.plan
    lines = lines_of(About(cadre=cadre, on=on, sees=sees))
    return {
        "name": cadre.person.name,
        "year": found.year,
        "unit": str(cadre.managing_unit),
        "on": f"{on:%Y-%m-%d}",
        "summary": plan.summary if plan else "",
        "wishes": plan.wishes if plan else "",
        "photo": plan.photo_id if plan else None,
        "sections": [
            {
                "key": section.key,
                "number": NUMERALS[place],
                "title": section.title,
                "lines": [_line(line) for line in lines[section.key] if _for_paper(line)],
                "needs": [_need(view) for view in section.needs],
            }
            for place, section in enumerate(found.sections)
        ],
    }


def sheet_for(cadre: Cadre, year: int, *, on: dt.date, sees: Callable[[str], bool]) -> dict:
    return sheet_of(plan_of(cadre, year, on), on=on, sees=sees)


def shown_to(sheet: dict, sees: Callable[[str], bool]) -> dict:
    """A frozen sheet without the lines that its reader may not see."""
    sections = [
        {**section, "lines": [line for line in section["lines"] if not line["right"] or sees(line["right"])]}
        for section in sheet["sections"]
    ]
    return {**sheet, "sections": sections}


def basics_of(sheet: dict) -> list[dict]:
    """The lines of the head: 掌握基础信息."""
    return next((section["lines"] for section in sheet["sections"] if section["key"] == Section.BASICS), [])


def _for_paper(line: Line) -> bool:
    """Whether he and his family may read this line: never one for staff, nor one with a word of the office."""
    return not line.inside and not any(word in f"{line.label}{line.text}" for word in OFFICE_WORDS)


def _line(line: Line) -> dict:
    return {"label": line.label, "text": line.text, "right": line.right}


def _need(view: NeedView) -> dict:
    need = view.need
    return {
        "category": view.category,
        "description": need.description,
        "source": need.get_source_display(),
        "found_on": _day(need.found_on),
        "urgency": need.get_urgency_display(),
        "replied_on": _day(need.replied_on),
        "state": view.standing.words,
        "closed_on": _day(need.closed_on),
        "outcome": need.get_outcome_display() if need.outcome else "",
        "outcome_note": need.outcome_note,
        "satisfaction": need.get_satisfaction_display() if need.satisfaction else "",
        "measures": [_measure(item) for item in view.measures if item.measure.dropped_on is None],
    }


def _measure(view: MeasureView) -> dict:
    measure = view.measure
    return {
        "what": measure.what,
        "provider": measure.provider,
        "owner": measure.owner.display_name or str(measure.owner),
        "due_on": _day(measure.due_on),
        "done_on": _day(measure.done_on),
        "state": view.standing.words,
        "result": measure.result,
        "cost": f"{measure.cost:.2f}" if measure.cost is not None else "",
    }


def _day(day: dt.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
