"""What the page of a plan asks of plain values."""

from django import template

register = template.Library()


@register.filter
def of_section(lines: dict, section: str) -> list:
    """The lines of one section."""
    return lines.get(section, [])


@register.filter
def plan_missing(year: int) -> str:
    return f"{year} 年还没有一人一策"
