"""Papers of a route: the list of stops, 走访慰问登记表, 签领表 in capital amounts, and the numbered cards."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.citizen_id import masked_citizen_id
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.ledgers.queries.sheets import DuePerson
from apps.ledgers.queries.visit_routes import cards_of, route_rows
from apps.ledgers.services.visit_routes import mark_printed, number_cards, refuse_print
from apps.registry.models import Cadre

from .prints import VisitRow, reach_of_all, visit_table

VIEW_HEALTH = "registry.view_health"
ORDER = "路线先后"


@dataclass(frozen=True)
class Planned:
    """What the table of visits says of a visit that is still to come; read by its template as a contact."""

    leaders: str
    companions: str
    gifts: str
    money: Decimal | None
    happened_on: object = None
    feedback: str = ""


class RoutePapers:
    """Mixed into VisitRouteAdmin."""

    def printable(self, request, object_id):
        """(route, its doors) for a paper; None where it is refused. Asked for by a button (POST), the facts are kept
        that the morning compares; a mere look keeps nothing."""
        route, on = self.route_of(request, object_id), timezone.localdate()
        try:
            if request.method == "POST":
                mark_printed(route, actor=request.user, on=on)
            else:
                refuse_print(route.campaign)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return None
        return route, route_rows(route, visible=self.seen(request))

    def frame(self, request, route, title: str, **more):
        day = f"{route.on_day.year}年{route.on_day.month}月{route.on_day.day}日"
        scope = "　".join(filter(None, (day, route.who, str(route.campaign or ""))))
        return frame_for(request, title, order=ORDER, scope=scope, back_url=self.url_of("change", route), **more)

    def logged(self, request, route, rows, fields: list[str]) -> list[int]:
        people = [target.cadre_id for row in rows for target in row.chosen]
        audit.look(
            "print", actor=request.user, people=people, fields=fields, target=f"ledgers.visitroute:{route.pk}",
            request=request,
        )  # fmt: skip
        return people

    def print_view(self, request, object_id):
        """The list of stops: for the driver and who goes along."""
        found = self.printable(request, object_id)
        if found is None:
            return HttpResponseRedirect(self.url_of_key(object_id))
        route, rows = found
        reach = reach_of_all(request.user, self.logged(request, route, rows, ["phone", "residence"]), route.on_day)
        context = {
            "frame": self.frame(request, route, "走访路线单", columns=6), "route": route,
            "rows": [{"row": row, "reach": reach.get(row.first.cadre_id)} for row in rows],
        }  # fmt: skip
        return self.page(request, "print/route_list.html", context)

    def table_view(self, request, object_id):
        """走访慰问登记表 (domain 4.3, table 4), with what is already known filled in."""
        found = self.printable(request, object_id)
        if found is None:
            return HttpResponseRedirect(self.url_of_key(object_id))
        route, rows = found
        on = timezone.localdate()
        reach = reach_of_all(request.user, [one.cadre_id for row in rows for one in row.chosen], on)
        lines = [
            VisitRow(
                DuePerson(target.cadre, (), on), reach.get(target.cadre_id),
                row.stop.standing_contact
                or Planned(str(route.leader or route.visitor), route.companions, target.gift, target.money or None),
            )
            for row in rows
            for target in row.chosen
        ]  # fmt: skip
        return visit_table(self, request, lines, order=ORDER, back=self.url_of("change", route))

    def sign_view(self, request, object_id):
        """慰问金（品）签领表 (domain 4.3, table 5): amounts in capital characters, the id masked."""
        found = self.printable(request, object_id)
        if found is None:
            return HttpResponseRedirect(self.url_of_key(object_id))
        route, rows = found
        self.logged(request, route, rows, ["citizen_id_masked"])
        lines = [
            {
                "target": target,
                "amount": capital_amount(target.money) if target.money else "",
                "card_no": "" if target.of_whom else masked_citizen_id(target.cadre.person.citizen_id),
            }
            for row in rows
            for target in row.chosen
        ]  # fmt: skip
        total = sum((line["target"].money for line in lines), Decimal("0.00"))
        context = {
            "frame": self.frame(
                request, route, "慰问金（品）签领表", columns=9, landscape=True, signature="经办人", stamp=True
            ),
            "rows": lines, "total": total, "total_words": capital_amount(total),
        }  # fmt: skip
        return self.page(request, "print/sign_table.html", context)

    def cards_view(self, request, object_id):
        """情况卡: one page a person, numbered, each a paper to be taken back; printing asks for the right to change."""
        route = self.editable(request, object_id)
        found = self.printable(request, object_id)
        if found is None:
            return HttpResponseRedirect(self.url_of_key(object_id))
        rows = found[1]
        healthy_to = Cadre.objects.current().visible_to(request.user, VIEW_HEALTH)
        cards = cards_of(rows, healthy_to=healthy_to, on=timezone.localdate())
        if request.method != "POST" and any(card.paper is None for card in cards):
            messages.info(request, "情况卡还没有编号，请在这里按“打印情况卡”。")
            return HttpResponseRedirect(self.url_of("change", route))
        fields = ["card", *(["health"] if any(card.health for card in cards) else [])]
        reach = reach_of_all(request.user, self.logged(request, route, rows, fields), route.on_day)
        numbered = {card.target.pk: card.paper for card in cards}
        if request.method == "POST":
            numbered = number_cards(route, cards, actor=request.user)
        context = {
            "frame": self.frame(request, route, "走访情况卡"),
            "cards": [
                {"card": card, "paper": numbered[card.target.pk], "reach": reach.get(card.target.cadre_id)}
                for card in cards
            ],
        }  # fmt: skip
        return self.page(request, "print/visit_cards.html", context)

    def url_of_key(self, object_id) -> str:
        return self.url_of("change", self.model(pk=int(object_id)))
