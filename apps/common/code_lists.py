"""Loading of code lists from data, and look-up by name or alias."""

import csv
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core.cache import cache
from redis.exceptions import RedisError

from .models import CodeValue

STAMP = "code_lists.stamp"
ASK_EVERY = 10.0

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


def names_of(code_list: str) -> dict[str, str]:
    """code → name, in order; disabled ones included, because old records still show them."""
    _follow_edits()
    return _names_of(code_list)


def codes_by_name(code_list: str) -> dict[str, str]:
    """name, alias or code → code, of lines not disabled."""
    _follow_edits()
    return _codes_by_name(code_list)


def choices_of(code_list: str) -> list[tuple[str, str]]:
    return list(names_of(code_list).items())


@lru_cache(maxsize=64)
def _names_of(code_list: str) -> dict[str, str]:
    return dict(CodeValue.objects.filter(code_list=code_list).values_list("code", "name"))


@lru_cache(maxsize=64)
def _codes_by_name(code_list: str) -> dict[str, str]:
    found = {}
    for code, name, aliases in CodeValue.objects.filter(code_list=code_list, disabled_on__isnull=True).values_list(
        "code", "name", "aliases"
    ):
        for key in (code, *aliases, name):
            found[key] = code
    return found


def forget() -> None:
    """After an edit: drop the copies here now, and in every other process within ten seconds."""
    _drop()
    with suppress(RedisError):
        _known.stamp = uuid.uuid4().hex
        cache.set(STAMP, _known.stamp, timeout=None)


def _drop() -> None:
    _names_of.cache_clear()
    _codes_by_name.cache_clear()


@dataclass
class _Known:
    """The stamp of the last edit this process has seen, and when it last asked."""

    stamp: str | None = None
    asked_at: float = 0.0


_known = _Known()


def _follow_edits() -> None:
    """Drop the copies when another process has edited. Without the cache server the copies stay as they are."""
    now = time.monotonic()
    if now - _known.asked_at < ASK_EVERY:
        return
    _known.asked_at = now
    with suppress(RedisError):
        stamp = cache.get(STAMP)
        if stamp != _known.stamp:
            _known.stamp = stamp
            _drop()
