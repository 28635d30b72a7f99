"""A full roster of one unit that waits for the clerk's yes: somebody new without a number, a slip, somebody missing."""

import datetime as dt
import io

import xlsxwriter

from apps.accounts.models import User
from apps.organisation.models import Unit
from apps.registry.models import Cadre, ImportBatch
from apps.registry.roster import batches
from apps.registry.roster.answers import FULL, Answers
from apps.registry.services.roster import keep_upload

UNIT = "YJ007"
HEAD = ["姓名", "身份证号码", "出生日期", "居住方式", "听力"]
WITHOUT_NUMBER = ["穆青禾", "", "1964-08-15", "与配偶同住", "好"]
SLIP = ["鲁安澜", "", "1963-05", "住船上", "好"]


def write_import(units: dict[str, Unit], staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where batches stand already. Registers nobody: it is only previewed."""
    if ImportBatch.objects.exists():
        return
    unit = units[UNIT]
    people = Cadre.objects.current().filter(managing_unit=unit).select_related("person").order_by("pk")
    rows = [[c.person.name, c.person.citizen_id, "", c.get_living_display(), "一般"] for c in list(people)[1:]]
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    for place, row in enumerate([[f"{unit.name}离退休干部名单"], HEAD, *rows, WITHOUT_NUMBER, SLIP]):
        sheet.write_row(place, 0, row)
    book.close()
    batch = keep_upload(stream.getvalue(), f"{unit.name}名单.xlsx", actor=staff["jingban"])
    batch.options |= Answers(kind=FULL, retire_type="retired", calendar="solar", asked=True).as_json()
    batch.save(update_fields=["options"])
    batches.check_batch(batch, today=on)
