"""The one search box at 1,000,000 people: 95th percentile of the time in the database for each kind of question, within
a clerk's scope, beside what the stock admin does (`icontains` over name and pinyin). Design 7 asks for 50 ms."""

import statistics
import time
from collections.abc import Callable

from django.db import connection

from apps.common import crypto
from apps.people.models import Person, Phone
from apps.registry.models import Cadre
from apps.registry.queries import find_cadres

from .population import Population, rolled_back

PEOPLE = 1_000_000
ROUNDS = 5
QUESTIONS = {
    "name, two characters": ["王伟", "李芳", "张敏", "刘静", "陈丽", "杨强", "黄磊", "赵军", "吴洋", "周勇"],
    "name, three characters": ["王伟芳", "李芳秀", "张敏英", "刘静敏", "陈丽静", "杨强丽", "黄磊强", "赵军磊"],
    "inside a name": ["伟芳", "芳秀", "静敏", "丽静", "强丽", "磊强", "军磊", "洋军", "国芳", "建英"],
    "one character": ["王", "李", "张", "汪", "范", "金"],
    "pinyin": ["wangwei", "lifang", "zhangminying", "liujing", "chenli", "yangqiang", "huanglei", "zhaojun"],
    "initials": ["ww", "lf", "zmy", "lj", "cl", "yql", "hl", "zj", "wyj", "zy"],
    "last four": [f"{number:04}" for number in range(0, 10_000, 701)],
    "whole phone": ["13800000001"],
}
STOCK = ["伟芳", "芳秀", "静敏"]


def run() -> list[dict]:
    rows: list[dict] = []
    with rolled_back():
        people = Population()
        people.grow(PEOPLE)
        one = Phone.objects.filter(person__cadre__managing_unit_id=people.units[0]).first()
        Phone.objects.filter(pk=one.pk).update(number_index=crypto.blind_index("phone", "13800000001"))
        stock = timed([lambda text=text: stock_search(people, text) for text in STOCK])
        for work, texts in QUESTIONS.items():
            spent = timed([lambda text=text: find_cadres(text, people.clerk) for text in texts for _ in range(ROUNDS)])
            rows.append(row(f"search: {work}", spent, stock))
    return rows


def stock_search(people: Population, text: str) -> list:
    found = Cadre.objects.visible_to(people.clerk).filter(person__name__icontains=text)
    found |= Cadre.objects.visible_to(people.clerk).filter(person__name_pinyin__icontains=text)
    return list(found.select_related("person").order_by("-pk")[:50]) + [found.count()]


def timed(acts: list[Callable]) -> list[float]:
    """Seconds that each act waited for the database."""
    spent = []
    for act in acts:
        clock = DatabaseClock()
        with connection.execute_wrapper(clock):
            act()
        spent.append(clock.seconds)
    return spent


class DatabaseClock:
    """Adds up the time of statements."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute, sql, params, many, context):
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - start


def row(work: str, spent: list[float], stock: list[float]) -> dict:
    ours = sorted(spent)[max(round(len(spent) * 0.95) - 1, 0)]
    peer = statistics.median(stock)
    return {
        "work": work,
        "rows": Person.objects.count(),
        "ours_s": round(ours, 4),
        "floor_s": None,
        "ratio": None,
        "peer": "icontains",
        "peer_s": round(peer, 4),
        "peer_ratio": round(peer / ours, 1),
        "peak_mb": None,
    }
