"""The shipped 办法库 (drawn from domain 1.0–1.2 and 2.1.3): loaded after each migration, never over what a bureau
changed or switched off."""

import csv
from pathlib import Path

from .models import MeasureTemplate

LINES = Path(__file__).parent / "data" / "measures.csv"


def load_measures(sender=None, **kwargs) -> int:
    """Add the shipped lines that are not there yet, by their code; returns how many lines are shipped."""
    with LINES.open(encoding="utf-8", newline="") as handle:
        lines = [MeasureTemplate(**{**line, "days": int(line["days"])}) for line in csv.DictReader(handle)]
    MeasureTemplate.objects.bulk_create(lines, ignore_conflicts=True)
    return len(lines)
