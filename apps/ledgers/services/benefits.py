"""Newspapers carried to the next year, cards renewed."""

import datetime as dt

from django.db import IntegrityError, transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import execute
from apps.ledgers.models import GreenCard, Subscription
from apps.people.choices import LifeStatus


@transaction.atomic
def copy_subscriptions(year: int, *, cadres, actor) -> int:
    """Order for the living among `cadres` (a queryset) in `year` what they had the year before and did not end: one
    statement, twice is as once. How many are new."""
    living = cadres.filter(person__life_status=LifeStatus.LIVING).values("pk")
    rows = Subscription.objects.filter(
        year=year - 1, voided_at__isnull=True, ends_on__isnull=True, cadre__in=living
    ).order_by()
    chosen = rows.values_list("cadre_id", "title", "post_code", "price", "copies", "deliver_to")
    sql, params = chosen.query.sql_with_params()
    added = execute(
        "INSERT INTO ledgers_subscription (public_id, year, cadre_id, title, post_code, price, copies, deliver_to)"  # noqa: S608
        f" SELECT gen_random_uuid(), %s, old.* FROM ({sql}) AS old ON CONFLICT DO NOTHING",
        [year, *params],
    )
    audit.record("subscription.copy", actor=actor, target=f"ledgers.subscription:{year}")
    return added


@transaction.atomic
def renew_card(old: GreenCard, new: GreenCard, *, actor) -> GreenCard:
    """Give a new card for an old one, which ends that day. Raises BusinessError where the old one ended already or
    the number is taken. See rule book 8.37."""
    ended = GreenCard.objects.filter(pk=old.pk, closed_on__isnull=True, voided_at__isnull=True)
    if new.issued_on < old.issued_on:
        raise BusinessError("新卡的发卡日期不能早于旧卡。", code="order", field="issued_on")
    if not ended.update(closed_on=new.issued_on):
        raise BusinessError("这张卡已经停用或换过。", code="ended")
    new.cadre_id = old.cadre_id
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        raise BusinessError("这个卡号已经登记过。", code="number", field="number") from error
    audit.record("card.renew", actor=actor, people=[old.cadre_id], target=f"ledgers.greencard:{new.pk}")
    return new


def valid_on(card: GreenCard, on: dt.date) -> bool:
    return card.closed_on is None and card.valid_until >= on
