"""Staff pages in process, all middleware on: the list, a person's page and filters, at 25,000 and 1,000,000 cadres.

`floor_s` of the second is the first (design 7: 120 ms at 25k; 1.3 times at 1M for list and page; 250 ms for filters).
"""

import os
import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.registry.models import Cadre

from .population import Population, plain_static, rolled_back

# LIST_CADRES takes other sizes, the smaller first.
FEW, MANY = (int(size) for size in os.environ.get("LIST_CADRES", "25000,1000000").split(","))
ROUNDS = 7
LIST, HOME = "/admin/registry/cadre/", "/admin/"
PAGES = {
    "list": "",
    "list by 名次": "?order=order",
    "list by 职务职级": "?order=rank",
    "list by 姓氏笔画": "?order=strokes",
    "list, page 20": "?p=20",
    "filter 独居": "?living=alone",
    "filter 离休": "?category=veteran",
    "filter 90 and over": "?age=90-",
    "filter 离休, 独居, 90 and over": "?category=veteran&living=alone&age=90-",
    "filter one unit": "?unit={unit}",
    "filter 已离世": "?status=deceased",
}


def run() -> list[dict]:
    with rolled_back(), plain_static():
        people = Population()
        people.grow(FEW)
        few = measure(people)
        people.grow(MANY)
        many = measure(people)
    rows = [row(work, FEW, spent, None) for work, spent in few.items()]
    return rows + [row(work, MANY, spent, few.get(work)) for work, spent in many.items()]


def measure(people: Population) -> dict[str, float]:
    client = people.client()
    mine = Cadre.objects.filter(managing_unit_id__in=people.units).order_by("pk")
    pages = {work: LIST + query.format(unit=people.units[1]) for work, query in PAGES.items()}
    person = f"{LIST}{mine[100].pk}/change/"
    pages[f"person page, {queries_of(client, person)} queries"] = person
    pages[f"今日待办, {queries_of(client, HOME)} queries"] = HOME
    return {work: median_time(client, url) for work, url in pages.items()}


def queries_of(client, url: str) -> int:
    """Statements of a page that was opened once before."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


def median_time(client, url: str) -> float:
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        response = client.get(url)
        spent.append(time.perf_counter() - start)
        if response.status_code != 200:
            raise RuntimeError(f"{url}: {response.status_code}")
    return statistics.median(spent)


def row(work: str, rows: int, spent: float, before: float | None) -> dict:
    return {
        "work": work,
        "rows": rows,
        "ours_s": round(spent, 4),
        "floor_s": round(before, 4) if before else None,
        "ratio": round(spent / before, 2) if before else None,
        "peer": None,
        "peer_s": None,
        "peer_ratio": None,
        "peak_mb": None,
    }
