"""Draws in the world of the access matrix: one published round with one ticket a side, and what each page asks for as
(right, model whose key stands in the address, right to send)."""

import datetime as dt

from apps.common import attachments
from apps.signups import drawing
from apps.signups.models import Round, Ticket

NOON = dt.datetime(2026, 8, 20, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NUMBER, SECRET = "0000018", "00" * 32
NOBODY, PUBLIC = "nobody", "public"


def _file(round: Round, data: bytes):
    return attachments.store(data, subject=f"signups.round:{round.pk}", purpose="draw", filename="x.txt")


def _round(side) -> Round:
    """Without classes: whose they are is asked elsewhere."""
    made = Round.objects.create(
        kind="class", unit=side.unit, name="秋季抽签", opens_at=NOON - dt.timedelta(9),
        closes_at=NOON - dt.timedelta(2), draws_at=NOON, draws_where="礼堂",
    )  # fmt: skip
    entries = (drawing.Entry(NUMBER, 100, 1, 1, 1, ()),)
    listed = drawing.DrawList(str(made.public_id), made.name, (), entries)
    data = drawing.list_bytes(listed)
    made.list_hash, made.secret, made.secret_hash = drawing.sha256(data), SECRET, drawing.sha256(SECRET)
    made.list_file, made.frozen_at = _file(made, data), NOON
    made.public_number, made.witnesses, made.seed = "0427", "王", drawing.seed_of(made.list_hash, SECRET, "0427")
    made.result_file = _file(made, drawing.result_bytes(listed, made.list_hash, SECRET, "0427"))
    made.state, made.drawn_at, made.published_at = "public", NOON, NOON
    made.save()
    return made


DRAW_OBJECTS = {
    "signups.round": _round,
    "signups.ticket": lambda side: Ticket.objects.create(
        round=side.objects["signups.round"], number=NUMBER, source="web"
    ),
}
VIEW, WORK, ROUND, TICKET = "signups.view_round", "signups.change_round", "signups.round", "signups.ticket"
TICKETS = "signups.view_ticket"
DRAW_PAGES = {
    **{
        f"admin:signups_round_{step}": (WORK, ROUND)
        for step in ("freeze", "draw", "publish", "reopen", "undo", "cancel")
    },
    **{
        f"admin:signups_round_{page}": (VIEW, ROUND)
        for page in ("result", "witness", "paper", "list_file", "result_file")
    },
    "admin:signups_ticket_receipt": (TICKETS, TICKET),
    "admin:signups_ticket_withdraw": (TICKETS, TICKET),
    "university:draws": (PUBLIC,),
    "university:draw": (PUBLIC, ROUND),
    "university:draw_list": (PUBLIC, ROUND),
    "university:draw_result": (PUBLIC, ROUND),
}
# Frozen, it is changed by steps only; tickets are filled in and changed by the services of the desk and the web.
DRAW_EXCEPTIONS = {
    "admin:signups_round_change": (VIEW, ROUND, NOBODY),
    "admin:signups_ticket_add": (NOBODY,),
    "admin:signups_ticket_change": (TICKETS, TICKET),
}
