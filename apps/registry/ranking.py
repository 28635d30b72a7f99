"""The dated table of ranks and statistics columns: what it ships with, and how it reads on a day."""

import datetime as dt

from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Least

from apps.common.code_lists import names_of

from .choices import RankKind, StatisticsRank
from .models import RankColumn
from .rules import GRADES, GRADES_FROM

LEADER_SOURCE = "GB/T 12407-2008；离退休干部年度统计表（层次栏）"
GRADE_SOURCE = "《公务员职务与职级并行规定》，2019年6月1日起施行"
OLDER_SOURCE = "《综合管理类公务员非领导职务设置管理办法》"
STAFF_SOURCE = "《事业单位岗位设置管理试行办法》实施意见，国人部发〔2006〕87号"
ALWAYS = dt.date(1949, 10, 1)
# GB/T 12407 level → column. State level (101, 102) has none in the form: such a person is decided by hand.
COLUMN_OF_LEVEL = {
    "111": "11", "112": "12", "121": "21", "122": "22", "131": "31", "132": "32", "141": "41", "142": "42",
    "150": "50", "160": "50", "199": "50",
}  # fmt: skip
SOURCES = {"G": (GRADE_SOURCE, GRADES_FROM), "N": (OLDER_SOURCE, ALWAYS), "S": (STAFF_SOURCE, ALWAYS)}


def shipped_rows() -> list[RankColumn]:
    rows = [
        RankColumn(kind=RankKind.LEADER, code=level, column=column, effective_from=ALWAYS, source=LEADER_SOURCE)
        for level, column in COLUMN_OF_LEVEL.items()
    ]
    for grade in GRADES:
        source, since = SOURCES[grade.code[0]]
        column = COLUMN_OF_LEVEL[grade.level]
        rows.append(
            RankColumn(kind=RankKind.GRADE, code=grade.code, column=column, effective_from=since, source=source)
        )
    return rows


def load_rank_columns() -> int:
    """Fill an empty table with what the portal ships; a table with rows is the bureau's own and stays."""
    if RankColumn.objects.exists():
        return 0
    return len(RankColumn.objects.bulk_create(shipped_rows(), ignore_conflicts=True))


def rank_columns(on: dt.date) -> dict[tuple[str, str], str]:
    """(kind, code) → statistics column in force on a day: of several rows of a rank the latest begun.

    rule book 3.5
    """
    rows = RankColumn.objects.filter(effective_from__lte=on, voided_at__isnull=True)
    return {(row.kind, row.code): row.column for row in rows.order_by("effective_from", "pk")}


def column_expression(columns: dict[tuple[str, str], str]) -> Least:
    """The column of each row of a queryset of cadres, for counting; NULL where it is undecided."""
    parts = []
    for kind in RankKind:
        by_column: dict[str, list[str]] = {}
        for (of_kind, code), column in columns.items():
            if of_kind == kind:
                by_column.setdefault(column, []).append(code)
        whens = [When(Q(**{f"{kind}__in": codes}), then=Value(column)) for column, codes in sorted(by_column.items())]
        parts.append(Case(*whens, default=None, output_field=CharField()))
    return Least(*parts)


def codes_without_column(on: dt.date) -> list[tuple[str, str, str]]:
    """(kind, code, name) of ranks in the code lists that count in no column on a day."""
    known = rank_columns(on)
    return [
        (kind, code, name) for kind in RankKind for code, name in names_of(kind).items() if (kind, code) not in known
    ]


def column_words(column: str) -> str:
    return str(StatisticsRank(column).label) if column else ""
