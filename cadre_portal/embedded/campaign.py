"""Runs the modules of a campaign and prints their rows: a table for people, or one JSON object a line."""

import importlib
import json
import sys

from .console import aligned

BENCH_KEYS = ("work", "rows", "ours_s", "floor_s", "ratio", "peer", "peer_s", "peer_ratio", "peak_mb")
DRILL_KEYS = ("drill", "tried", "lost", "doubled", "oversold", "late", "unknown")


def main(package: str, keys: tuple[str, ...], arguments: list[str]) -> int:
    """Each name's rows are printed as soon as it has ended. A row with other keys is a fault of its module."""
    as_json = "--json" in arguments
    for name in (argument for argument in arguments if not argument.startswith("-")):
        rows = importlib.import_module(f"{package}.{name}").run()
        for row in rows:
            if tuple(row) != keys:
                raise ValueError(f"{package}.{name}: row keys {tuple(row)}, expected {keys}")
        lines = [json.dumps(row, ensure_ascii=False) for row in rows] if as_json else table(rows, keys)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    return 0


def table(rows: list[dict], keys: tuple[str, ...]) -> list[str]:
    return aligned([list(keys), *([text_of(row[key]) for key in keys] for row in rows)])


def text_of(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
