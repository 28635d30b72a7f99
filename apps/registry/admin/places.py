"""名次 of a group in a grid: numbers are typed, or counted up in the order the list stands in."""

import re

from django.contrib import admin, messages
from django.http import HttpResponseRedirect

from apps.common.errors import BusinessError
from apps.registry.models import Cadre
from apps.registry.orders import PROTOCOL, order_of
from apps.registry.services.ordering import LARGEST, Place, set_places

CHANGE = "registry.change_cadre"
MOST = 300
NUMBER = re.compile(r"\d{1,9}")


class CadrePlaces:
    """Mixed into CadreAdminBase."""

    @admin.action(description="排名次", permissions=["change"])
    def set_places_of_ticked(self, request, queryset):
        return self.to_group(request, queryset, "places")

    def places_view(self, request):
        """Type places for at most 300 people, all saved together; a wrong one keeps everything typed."""
        group = self.group_of(request, CHANGE)
        order = order_of(request.GET.get("order"), among=PROTOCOL)
        rows = list(group.order_by(*order.by).select_related("person", "managing_unit")[: MOST + 1])
        is_too_many = len(rows) > MOST
        error, wrong = "", {}
        if request.method == "POST" and not is_too_many:
            places, wrong = read_places(rows, request.POST)
            try:
                if wrong:
                    raise BusinessError("有几个名次不是数字，请改成 1、2、3 这样的整数，或者空着。")
                count = set_places(places, actor=request.user)
            except BusinessError as refusal:
                error = refusal.sentence
            else:
                messages.success(request, f"名次已保存，改了 {count:,} 位。" if count else "名次没有改动。")
                return HttpResponseRedirect(self.back_of(request, group))
        context = {
            "title": f"排名次{order.heading}",
            "lines": [] if is_too_many else [self._line(place, row, request) for place, row in enumerate(rows, 1)],
            "orders": [(item.words, self._ordered(request, item.key), item is order) for item in PROTOCOL.values()],
            "most": MOST if is_too_many else 0,
            "wrong": wrong,
            "error": error,
            "back": self.back_of(request, group),
        }
        return self.page(request, "admin/registry/places.html", context, status=422 if error else 200)

    def _line(self, place: int, cadre: Cadre, request) -> dict:
        """`typed`: what was sent; else the present place, or the place in this order where the address asks so."""
        own = cadre.order_no if cadre.order_no is not None else ""
        counted = place * 10 if request.GET.get("count") == "1" else own
        return {
            "cadre": cadre,
            "typed": request.POST.get(f"place_{cadre.pk}", counted),
            "seen": request.POST.get(f"seen_{cadre.pk}", own),
        }

    def _ordered(self, request, key: str) -> str:
        query = request.GET.copy()
        query["order"] = key
        return f"?{query.urlencode()}"


def read_places(rows: list[Cadre], sent) -> tuple[list[Place], dict[int, str]]:
    """What was typed for these cadres; and, by key, what is no whole number from 1 on. A row not sent stays."""
    places, wrong = [], {}
    for row in rows:
        typed, seen = sent.get(f"place_{row.pk}"), sent.get(f"seen_{row.pk}", "")
        if typed is None:
            continue
        typed = typed.strip()
        if typed and not (NUMBER.fullmatch(typed) and 0 < int(typed) <= LARGEST):
            wrong[row.pk] = typed[:20]
            continue
        number = int(typed) if typed else None
        places.append(Place(row.pk, number, int(seen) if NUMBER.fullmatch(seen) else None))
    return places, wrong
