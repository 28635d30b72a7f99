"""Named orders of lists of cadres (domain 0): a list says in its heading which one it stands in.

A leaders' list is never in pinyin order. Each order ends with the key, so that pages never overlap, and each has its
index.
"""

from dataclasses import dataclass

from django.db.models import Case, F, Value, When
from django.db.models.functions import Least, NullIf

from .rules import GRADES

LEVEL_BY_GRADE = Case(*(When(grade_rank=grade.code, then=Value(grade.level)) for grade in GRADES))
# The higher of both ranks, by GB/T 12407; at one level the post before the grade, then by code, then by date.
RANK_KEYS = (
    Least(NullIf("leader_rank", Value("")), LEVEL_BY_GRADE),
    NullIf("leader_rank", Value("")),
    NullIf("grade_rank", Value("")),
    F("leader_rank_since"),
)


@dataclass(frozen=True)
class Order:
    """`words` stand in headings; `by` goes into `order_by` of a queryset of cadres. rule book 3.9"""

    key: str
    words: str
    by: tuple

    @property
    def heading(self) -> str:
        """（按名次排列）"""
        return f"（按{self.words}排列）"


ORDERS = {
    order.key: order
    for order in (
        Order("pinyin", "拼音", ("person__name_sort_key", "pk")),
        Order("order", "名次", (F("order_no").asc(nulls_last=True), "pk")),
        Order("rank", "职务职级", (*(key.asc(nulls_last=True) for key in RANK_KEYS), "pk")),
        Order("strokes", "姓氏笔画", ("person__name_stroke_key", "pk")),
    )
}
DEFAULT = ORDERS["pinyin"]
# For lists of leaders, invitations and the like.
PROTOCOL = {key: order for key, order in ORDERS.items() if key != DEFAULT.key}


def order_of(key: object, *, among: dict[str, Order] = ORDERS) -> Order:
    """The order called `key`; the first offered for any other text."""
    return among.get(str(key), next(iter(among.values())))
