"""Setting and lifting 公开活动须先请示. The reason is encrypted and stands in no log."""

from django.db import transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import check_reason
from apps.registry.models import Cadre

LONGEST_REASON = 500


@transaction.atomic
def put_on_hold(cadre: Cadre, *, reason: str, actor, request=None) -> bool:
    """Bar the cadre from public occasions until it was asked; with an empty or overlong reason it is refused.

    False when he is on hold for just this reason already. The audit entry names the fields, not the reason.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise BusinessError("请写明原因，有权限的人才看得到。", code="reason_missing", field="reason")
    if len(reason) > LONGEST_REASON:
        raise BusinessError(f"原因请不超过 {LONGEST_REASON} 个字。", code="reason_long", field="reason")
    cadre = Cadre.objects.select_for_update(of=("self",)).select_related("person").get(pk=cadre.pk)
    if cadre.on_hold and cadre.hold_reason == reason:
        return False
    fields = ["hold_reason"] if cadre.on_hold else ["on_hold", "hold_reason"]
    cadre.on_hold, cadre.hold_reason = True, reason
    cadre.save(update_fields=["on_hold", "hold_reason"])
    _note("hold.set", cadre, fields, actor=actor, request=request)
    return True


@transaction.atomic
def lift_hold(cadre: Cadre, *, basis: str, actor, request=None) -> bool:
    """Take the flag and its reason away; `basis` (who agreed, by which document) goes into the audit. False when there
    is none to lift."""
    basis = check_reason(basis)
    cadre = Cadre.objects.select_for_update(of=("self",)).select_related("person").get(pk=cadre.pk)
    if not cadre.on_hold:
        return False
    cadre.on_hold, cadre.hold_reason = False, ""
    cadre.save(update_fields=["on_hold", "hold_reason"])
    _note("hold.lift", cadre, ["on_hold", "hold_reason"], actor=actor, request=request, reason=basis)
    return True


def _note(action: str, cadre: Cadre, fields: list[str], **what) -> None:
    audit.record(action, people=[cadre.pk], fields=fields, target=f"registry.cadre:{cadre.pk}", **what)
