"""The rule book and the code say the same: every rule is complete, every symbol exists and cites its number."""

import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from apps.organisation.rules import kinds

BOOK = Path(settings.BASE_DIR) / "docs" / "rules"
ITEMS = ("规定", "文号", "起止", "来源", "例", "规则组", "代码")


@dataclass(frozen=True)
class Rule:
    number: str
    title: str
    items: dict[str, str]

    @property
    def symbols(self) -> list[str]:
        return re.findall(r"`(apps\.[\w.]+)`", self.items.get("代码", ""))

    @property
    def kind(self) -> str:
        found = re.match(r"`([\w.]+)`", self.items.get("规则组", ""))
        return found[1] if found else ""


def read_book() -> list[Rule]:
    rules = []
    for path in sorted(BOOK.glob("[0-9]*-*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            heading, _, body = part.partition("\n")
            number, _, title = heading.partition(" ")
            items = dict(re.findall(r"^- ([^：]+)：(.+)$", body, flags=re.MULTILINE))
            rules.append(Rule(number, title, items))
    return rules


RULES = read_book()


def test_numbers_are_unique_and_stand_in_their_chapter():
    numbers = [rule.number for rule in RULES]

    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\d{1,2}\.\d{1,2}", number) for number in numbers)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_every_rule_says_all_there_is_to_say(rule):
    assert tuple(rule.items) == ITEMS
    assert rule.title
    assert rule.symbols


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_symbols_exist_and_cite_the_book(rule):
    for symbol in rule.symbols:
        found = inspect.unwrap(import_string(symbol))
        text = inspect.getdoc(found) or ""
        assert f"rule book {rule.number}" in text.replace("\n", " ") or _in_list(rule.number, text), symbol


def _in_list(number: str, text: str) -> bool:
    """`rule book 2.1, 2.2, 2.3` cites each."""
    cited = re.findall(r"rule book ((?:\d{1,2}\.\d{1,2}(?:, | and |,\s)?)+)", " ".join(text.split()))
    return any(number in re.findall(r"\d{1,2}\.\d{1,2}", one) for one in cited)


def test_every_rule_kind_is_in_the_book_and_its_source_says_where():
    by_kind: dict[str, set[str]] = {}
    for rule in RULES:
        if rule.kind:
            by_kind.setdefault(rule.kind, set()).add(rule.number)
    missing = kinds().keys() - by_kind.keys()
    wrong = {
        key: kind.source
        for key, kind in kinds().items()
        if not set(re.findall(r"规则手册 (\d{1,2}\.\d{1,2})", kind.source)) & by_kind.get(key, set())
    }

    assert not missing
    assert not by_kind.keys() - kinds().keys()
    assert not wrong
