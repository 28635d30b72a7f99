"""联系党员: each committee member keeps in touch with some members."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from apps.branches.models import MemberContact, Organisation
from apps.branches.queries import members_of, open_posts
from apps.common import audit
from apps.common.errors import BusinessError


@transaction.atomic
def arrange(
    organisation: Organisation, wanted: Mapping[int, int | None], *, on: dt.date, actor, by_staff: bool = False
) -> int:
    """Who keeps in touch with whom from `on`: member id → keeper id, None for nobody; members not named stay as they
    are. Returns how many changed; the same again changes nothing.

    A keeper serves in the organisation on that day, a member belongs to it; nobody keeps in touch with himself.
    """
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    members = set(members_of(organisation, on).values_list("pk", flat=True))
    keepers = {post.person_id for post in open_posts([organisation.pk], on).get(organisation.pk, [])}
    rows = MemberContact.objects.select_for_update(of=("self",)).filter(
        organisation=organisation, ends_on__isnull=True, voided_at__isnull=True
    )
    standing = {row.member_id: row for row in rows}
    changed = []
    for member, keeper in wanted.items():
        if member not in members or (keeper is not None and keeper not in keepers):
            raise BusinessError("名单刚有变动，请刷新后再选。", code="moved")
        if keeper == member:
            raise BusinessError("联系人不能是他本人，请选另一位。", code="self")
        row = standing.get(member)
        if (row.keeper_id if row else None) == keeper:
            continue
        if row is not None:
            row.ends_on = max(on, row.starts_on)
            row.save(update_fields=["ends_on"])
        if keeper is not None:
            MemberContact.objects.create(
                organisation=organisation, member_id=member, keeper_id=keeper, starts_on=on, entered_by=actor,
                by_staff=by_staff,
            )  # fmt: skip
        changed.append(member)
    if changed:
        audit.record("look_after", actor=actor, people=changed, target=f"branches.organisation:{organisation.pk}")
    return len(changed)
