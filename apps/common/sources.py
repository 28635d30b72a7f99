"""On behalf: from whom comes what is being written down, kept beside who enters it (issue: every write its source).

A form asks once (`FIELD`); `RecordAdmin` puts the answer around the write, so that audit entries and the change
history of everything written inside carry it. Rows with a `source` column of their own hold it too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pghistory
from django import forms

from .choices import Source

FIELD = "source_of_change"
OWN_FIELD = "source"  # of forms whose row has the column
# A file is read, not typed in.
TYPED = [(value, label) for value, label in Source.choices if value != Source.FILE]
_current: ContextVar[str] = ContextVar("source_of_write", default="")


def current() -> str:
    """The source of what is being written now; empty when nobody asked."""
    return _current.get()


@contextmanager
def told_by(source: str) -> Iterator[None]:
    """Everything written inside comes from `source`; an unknown or empty one changes nothing."""
    if source not in Source.values:
        yield
        return
    token = _current.set(source)
    try:
        with pghistory.context(source=source):
            yield
    finally:
        _current.reset(token)


def posted(request) -> str:
    """What the form of this request says; empty for a look, and for an answer that is none of ours."""
    if request.method != "POST":
        return ""
    said = request.POST.get(FIELD) or request.POST.get(OWN_FIELD) or ""
    return said if said in dict(TYPED) else ""


def source_field() -> forms.ChoiceField:
    """信息来源, 工作人员 unless another is chosen."""
    return forms.ChoiceField(
        label="信息来源", choices=TYPED, initial=Source.STAFF, required=False, help_text="替别人登记的，选是谁说的"
    )


def words(source: str | None, who: str) -> str:
    """来电（王经办录入）; just the name for what a colleague entered of his own knowledge."""
    if not source or source == Source.STAFF or source not in Source.values:
        return who
    return f"{Source(source).label}（{who}录入）"
