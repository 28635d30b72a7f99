"""Units and ranks that must not be held in this system: what a text names is stopped with a sentence."""

import unicodedata
from dataclasses import dataclass

from .models import BarredEntry


@dataclass(frozen=True)
class Barred:
    """An entry of the list, folded for comparison."""

    kind: str
    name: str
    document_no: str
    folded: str


def barred_entries(kind: str = "") -> tuple[Barred, ...]:
    """The list in force, or its units or ranks alone; one query."""
    rows = BarredEntry.objects.filter(voided_at__isnull=True, **({"kind": kind} if kind else {}))
    return tuple(Barred(row.kind, row.name, row.document_no, fold(row.name)) for row in rows.order_by("pk"))


def fold(text: str) -> str:
    """Without blanks, full-width letters and brackets made plain, so that spelling does not slip through."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()


def bars(text: str, entries: tuple[Barred, ...]) -> str | None:
    """Why a text may not be written here: a sentence; None when no entry stands in it. Pure (rule book 6.3)."""
    folded = fold(text) if text and entries else ""
    for entry in entries if folded else ():
        if entry.folded in folded:
            return (
                f"“{entry.name}”按规定不得在本系统登记（{entry.document_no}）。"
                "请不要录入，这位同志或这个单位的资料按保密规定另行管理。"
            )
    return None
