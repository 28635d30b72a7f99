"""Components of the pages, as tags with keyword arguments only; docs/face.md shows each of them.

A component knows how it looks and nothing else: no queries, no rules. A tone it does not know is an
error at once, so that a status never goes missing quietly.
"""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html

from apps.common.navigation import public_entries, staff_groups

register = template.Library()

STOPS = ("？", "：", "。", "！")  # a label that ends in one takes no colon after it
SHORT_PANEL = 4  # so many filters are shown without unfolding
TONES = {"", "late", "soon", "done", "info"}
NOTICE_ICONS = {"": "info", "info": "info", "late": "alert", "soon": "alert", "done": "done"}


def checked_tone(tone: str) -> str:
    if tone not in TONES:
        raise ValueError(f"Unknown tone {tone!r}; one of {sorted(TONES)}")
    return tone


@register.inclusion_tag("ui/icon.html")
def icon(*, name, label=""):
    """A line icon of static/img/icons.svg; decorative unless ``label`` is given."""
    return {"name": name, "label": label}


@register.inclusion_tag("ui/page_heading.html")
def page_heading(*, title, lead="", back_url="", back_label="返回", tag_text="", tone=""):
    """The page's only h1, with an optional way back and a sentence below it."""
    return {
        "title": title,
        "lead": lead,
        "back_url": back_url,
        "back_label": back_label,
        "tag_text": tag_text,
        "tone": checked_tone(tone),
    }


@register.simple_block_tag
def card(content, *, title="", level=2, link_url="", link_label="", look=""):
    """A white box. ``look``: empty, ``gold`` or ``phone``."""
    if look not in ("", "gold", "phone"):
        raise ValueError(f"Unknown look {look!r}")
    link = format_html('<a href="{}">{}</a>', link_url, link_label) if link_url else ""
    heading = format_html("<h{0}>{1}</h{0}>", level, title) if title else ""
    head = format_html('<div class="card-head">{}{}</div>', heading, link) if heading or link else ""
    return format_html('<section class="card {}">{}{}</section>', look, head, content)


@register.simple_block_tag
def notice(content, *, tone="", title=""):
    """A framed remark with an icon; the words carry the meaning, the colour only repeats it."""
    head = format_html("<p><b>{}</b></p>", title) if title else ""
    mark = render_to_string("ui/icon.html", {"name": NOTICE_ICONS[checked_tone(tone)]})
    return format_html('<div class="notice {}">{}<div class="notice-body">{}{}</div></div>', tone, mark, head, content)


@register.inclusion_tag("ui/tag.html")
def tag(*, text, tone=""):
    """A status in words: ``late`` 逾期, ``soon`` 快到期, ``done`` 办完, ``info`` 说明."""
    return {"text": text, "tone": checked_tone(tone)}


@register.inclusion_tag("ui/figures.html")
def figures(*, items):
    """Figures in a row. Items: dicts with label, value and, if wanted, note, tone, url."""
    return {"items": [{**item, "tone": checked_tone(item.get("tone", ""))} for item in items]}


@register.inclusion_tag("admin/filter_column.html")
def filter_panel(*, cl):
    """Filters of a change list ``cl``: one row each, and what is chosen, with the way to drop it.

    Each filter is asked for its choices once. The stock counts beside them are left out: one query a choice.
    """
    rows, chosen = [], []
    for spec in cl.filter_specs:
        choices = list(spec.choices(cl))
        rows.append(render_to_string(spec.template, {"title": spec.title, "choices": choices, "spec": spec}))
        for place, choice in enumerate(choices):
            if choice["selected"] and (place or "widget" in choice):
                clear = choices[0]["query_string"]
                chosen.append({"title": spec.title, "text": choice["display"], "url": clear})
    return {
        "filters": rows,
        "chosen": chosen,
        "clear_url": cl.clear_all_filters_qs if cl.has_active_filters and len(chosen) > 1 else "",
        "is_open": len(rows) <= SHORT_PANEL,
    }


@register.inclusion_tag("ui/progress.html")
def progress(*, label, value, total, note=""):
    """How far something is, in words and as a bar. ``total`` 0 shows an empty bar."""
    return {"label": label, "value": value, "total": total, "most": max(total, 1), "note": note}


@register.inclusion_tag("ui/table.html")
def table(*, caption, columns, rows, hide_caption=False, empty_text="没有记录。"):
    """A table from lists.

    ``columns``: texts, or dicts with label and is_number. ``rows``: lists of cells; a cell is a text or a
    dict with text and, if wanted, url, note, tag, tone.
    """
    heads = [column if isinstance(column, dict) else {"label": column} for column in columns]
    lines = [
        [
            {**(cell if isinstance(cell, dict) else {"text": cell}), "is_number": head.get("is_number")}
            for head, cell in zip(heads, row, strict=True)
        ]
        for row in rows
    ]
    return {
        "caption": caption,
        "columns": heads,
        "rows": lines,
        "hide_caption": hide_caption,
        "empty_text": empty_text,
    }


@register.inclusion_tag("ui/grid.html")
def grid(*, caption, columns, fields, rows, empty_text="没有要录的行。"):
    """Many small forms as one table: what came back on paper is typed row by row; arrow keys go up and down.

    ``columns``: headings of the cells to read, ``fields``: headings of the controls. ``rows``: dicts with ``name``
    (what the controls are about, for screen readers), ``cells`` (texts), ``form`` (bound, one visible field a heading;
    None for a row that takes nothing) and, if wanted, ``note`` with ``tone`` (said below the cells).
    """
    lines = []
    for row in rows:
        form = row.get("form")
        controls, hidden, errors, extra = [], [], [], []
        if form is not None:
            hidden = form.hidden_fields()
            errors = [*form.non_field_errors(), *(text for item in form.hidden_fields() for text in item.errors)]
            shown = form.visible_fields()
            # A field that turns up while checking (the reason asked for a marking word) stands below the cells.
            extra = shown[len(fields) :]
            for heading, bound in zip(fields, shown[: len(fields)], strict=True):
                described = {"aria-describedby": f"{bound.auto_id}_error"} if bound.errors else {}
                attrs = {"aria-label": f"{row['name']}：{heading}", "data-grid": bound.name, **described}
                controls.append({"field": bound, "widget": bound.as_widget(attrs=attrs), "label": heading})
        tone = checked_tone(row.get("tone", ""))
        names = ["", *columns[1:], *[""] * len(row["cells"])]  # the first is the name, which needs no label
        cells = list(zip(names, row["cells"], strict=False))
        lines.append(
            {
                **row,
                "cells": cells,
                "tone": tone,
                "controls": controls,
                "hidden": hidden,
                "errors": errors,
                "extra": extra,
            }
        )
    return {"caption": caption, "columns": columns, "fields": fields, "rows": lines, "empty_text": empty_text}


@register.inclusion_tag("ui/definition_list.html")
def definition_list(*, items):
    """Facts as pairs (name, value); a value of None or an empty text shows 未填写."""
    return {"items": items}


@register.inclusion_tag("ui/field.html")
def field(*, field, hint=None):
    """One bound form field: label, hint, error, control, with the ids that Django's attributes point to.

    ``hint`` replaces the field's own help text; an empty one drops it.
    """
    return {"field": field, "hint": field.help_text if hint is None else hint}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*, form, title="还有几处要改"):
    """One list of what is wrong on top of a form; each line leads to its field. Nothing when all is well."""
    return {"form": form, "title": title, "lines": error_lines(form)}


def error_lines(form) -> list[dict]:
    """The form's errors in the order of its fields: text and the id to jump to, empty for the whole form.

    A group of choices has no control of its own; its frame ``div_<id>`` is the target.
    """
    lines = [{"text": text, "target": ""} for text in form.non_field_errors()]
    for bound in form:
        for text in bound.errors:
            colon = "" if bound.label.endswith(STOPS) else "："
            lines.append(
                {"text": f"{bound.label}{colon}{text}", "target": bound.id_for_label or f"div_{bound.auto_id}"}
            )
    return lines


@register.inclusion_tag("ui/pagination.html")
def pagination(*, page, query="", total_text=""):
    """Previous and next page of a Django ``Page``. ``query``: the other parameters, encoded, without page."""
    return {"page": page, "query": query, "total_text": total_text}


@register.inclusion_tag("ui/empty_state.html")
def empty_state(*, title, text="", action_url="", action_label="", icon_name="empty", level=2):
    """Nothing here yet: says why, and what to do instead."""
    return {
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "icon_name": icon_name,
        "level": level,
    }


@register.inclusion_tag("ui/confirm.html", takes_context=True)
def confirm(context, *, question, button, action_url="", cancel_url="", detail="", is_danger=False):
    """Ask before an act: a POST form with one main button and a way back."""
    return {
        "csrf_token": context.get("csrf_token"),
        "question": question,
        "detail": detail,
        "button": button,
        "action_url": action_url,
        "cancel_url": cancel_url,
        "is_danger": is_danger,
    }


@register.inclusion_tag("ui/steps.html")
def steps(*, current, total, label=""):
    """第 n 步，共 N 步, with a bar."""
    return {"current": current, "total": total, "label": label}


@register.inclusion_tag("ui/calendar.html")
def calendar(*, caption, weeks):
    """A month from Monday to Sunday.

    ``weeks``: seven dicts each, with day (number), lunar (text), in_month, is_today, label (the full date
    for screen readers) and items: dicts with text and, if wanted, url, note, tone.
    """
    return {"caption": caption, "weeks": weeks, "day_names": ["一", "二", "三", "四", "五", "六", "日"]}


@register.inclusion_tag("ui/timeline.html")
def timeline(*, items):
    """What happened, newest first. Items: dicts with when, text and, if wanted, note, url."""
    return {"items": items}


@register.inclusion_tag("ui/reach.html")
def reach(*, reach, compact=False):
    """How to reach somebody (`people.rules.Reach`, or None): what to know, and, where they may be seen, numbers to tap
    and the address. ``compact`` leaves out every number but the first."""
    return {"reach": reach, "compact": compact}


@register.inclusion_tag("ui/phone_link.html", takes_context=True)
def phone_link(context):
    """The bureau's number as a link a telephone can dial; nothing when no number is set."""
    return {"portal": context["portal"]}


@register.inclusion_tag("ui/public_navigation.html", takes_context=True)
def public_navigation(context):
    """The main menu of the public site."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return {"entries": public_entries(user, request.path if request else "")}


@register.inclusion_tag("ui/staff_navigation.html", takes_context=True)
def staff_navigation(context):
    """The menu of the staff side, for this user and this page."""
    request = context["request"]
    return {"groups": staff_groups(request.user, request.path)}
