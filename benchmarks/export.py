"""A list of 25,000 cadres leaves the portal: the whole job with decryption, rights, audit and encryption of the file,
beside writing the same cells bare, and beside the stock Resource.export of django-import-export to xlsx."""

import io
import resource
import time

import xlsxwriter

from apps.common.jobs import run_job
from apps.common.models import Job
from apps.registry.models import Cadre
from apps.registry.resources import CadreResource, columns_for, export_rows
from apps.registry.services.export import ask_export

from .population import Population, plain_static, rolled_back

ROWS = 25_000


def run() -> list[dict]:
    with rolled_back(), plain_static():
        people = Population(sealed=ROWS)
        people.grow(ROWS)
        keys = list(
            Cadre.objects.filter(managing_unit_id__in=people.units)
            .order_by("person__name_sort_key")
            .values_list("pk", flat=True)
        )
        columns = list(columns_for(people.clerk))
        start = time.perf_counter()
        job = ask_export(keys, columns=columns, reason="基准", file_format="xlsx", actor=people.clerk)
        run_job(job.pk)
        ours = time.perf_counter() - start
        job = Job.objects.get(pk=job.pk)
        if job.state != Job.State.DONE or job.result["rows"] != ROWS:
            raise RuntimeError(job.error)
        floor = bare(list(export_rows(people.clerk, keys, columns)))
        stock = stock_export(keys, columns)
    return [
        {
            "work": f"export, {len(columns)} columns",
            "rows": ROWS,
            "ours_s": round(ours, 2),
            "floor_s": round(floor, 2),
            "ratio": round(ours / floor, 2),
            "peer": "import-export",
            "peer_s": round(stock, 2),
            "peer_ratio": round(stock / ours, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    ]


def bare(rows: list[list]) -> float:
    start = time.perf_counter()
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, cells in enumerate(rows):
        sheet.write_row(number, 0, cells)
    book.close()
    return time.perf_counter() - start


def stock_export(keys: list[int], columns: list[str]) -> float:
    start = time.perf_counter()
    rows = Cadre.objects.filter(pk__in=keys).select_related(
        "person", "person__community", "managing_unit", "counting_unit", "health"
    )
    rows = rows.prefetch_related("person__phones", "person__relatives").order_by("pk")
    dataset = CadreResource().export(rows, export_fields=columns)
    dataset.export("xlsx")
    return time.perf_counter() - start
