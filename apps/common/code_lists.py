"""Loading of code lists from data, and look-up by name or alias."""

import csv
from functools import lru_cache
from pathlib import Path

from .models import CodeValue

DATA = Path(__file__).parent / "data" / "code_lists"


def load_code_lists() -> int:
    """Bring the table up to the shipped lists, twice or at once the same; lines that a bureau added stay."""
    values = []
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for position, line in enumerate(csv.DictReader(handle)):
                values.append(
                    CodeValue(
                        code_list=line["list"],
                        code=line["code"],
                        name=line["name"],
                        aliases=[alias for alias in (line.get("aliases") or "").split("|") if alias],
                        disabled_on=line.get("disabled_on") or None,
                        position=position,
                    )
                )
    CodeValue.objects.bulk_create(
        values,
        update_conflicts=True,
        unique_fields=["code_list", "code"],
        update_fields=["name", "position"],
    )
    forget()
    return len(values)


@lru_cache(maxsize=64)
def names_of(code_list: str) -> dict[str, str]:
    """code → name, in order; disabled ones included, because old records still show them."""
    return dict(CodeValue.objects.filter(code_list=code_list).values_list("code", "name"))


@lru_cache(maxsize=64)
def codes_by_name(code_list: str) -> dict[str, str]:
    """name, alias or code → code, of lines not disabled."""
    found = {}
    for code, name, aliases in CodeValue.objects.filter(code_list=code_list, disabled_on__isnull=True).values_list(
        "code", "name", "aliases"
    ):
        for key in (code, *aliases, name):
            found[key] = code
    return found


def choices_of(code_list: str) -> list[tuple[str, str]]:
    return list(names_of(code_list).items())


def forget() -> None:
    """Drop the in-process copies, after an edit."""
    names_of.cache_clear()
    codes_by_name.cache_clear()
