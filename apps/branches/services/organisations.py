"""Founding, changing and moving party organisations; what a document says stands in their history (沿革)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.branches.choices import ActKind
from apps.branches.models import Organisation, OrganisationAct, OrganisationHonour
from apps.branches.rules import misplaced
from apps.common import audit
from apps.common.errors import BusinessError

from .guards import not_after_today, require_kind, require_level, require_standing

TREE_LOCK = 7_240_003
# What changes by a document only: name, kind and level are in the approval.
BY_DOCUMENT = ("name", "kind", "level")


def lock_tree() -> None:
    """One change of the tree at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


@transaction.atomic
def add_organisation(organisation: Organisation, *, parent: Organisation | None, actor) -> Organisation:
    """Found an organisation below `parent`, or on top; its approval begins its history."""
    lock_tree()
    if parent is not None:
        parent = Organisation.objects.get(pk=parent.pk)
        require_standing(parent, timezone.localdate())
    if sentence := misplaced(organisation.level, parent.level if parent else None):
        raise BusinessError(sentence, code="level", field="level")
    try:
        with transaction.atomic():
            organisation = (
                Organisation.objects.add_child(parent, instance=organisation)
                if parent
                else Organisation.objects.add_root(instance=organisation)
            )
    except IntegrityError as error:
        raise BusinessError("已有同名的党组织。", code="duplicate", field="name") from error
    note_act(
        organisation, ActKind.FOUNDED, on=organisation.established_on or timezone.localdate(),
        document_no=organisation.approval_document, note=organisation.get_formation_display(),
    )  # fmt: skip
    audit.record("add_organisation", actor=actor, target=f"branches.organisation:{organisation.pk}")
    return organisation


def note_act(organisation: Organisation, kind: str, *, on: dt.date, document_no: str = "", note: str = "", **more):
    """A line of the organisation's history."""
    return OrganisationAct.objects.create(
        organisation=organisation, kind=kind, happened_on=on, document_no=document_no, note=note[:300], **more
    )


@transaction.atomic
def change_organisation(
    organisation: Organisation, *, actor, on: dt.date | None = None, document_no: str = "", note: str = ""
) -> Organisation:
    """Store the changed facts. Name, kind and level need the number of the approval and stand in the history.

    A kind or level that its rows or its place do not allow is refused (domain 2.2.1).
    """
    was = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    changed = [name for name in BY_DOCUMENT if getattr(was, name) != getattr(organisation, name)]
    if "kind" in changed:
        require_kind(was, organisation.kind)
    if "level" in changed:
        require_level(was, organisation.level)
    if changed and not document_no:
        raise BusinessError("改名称、类型、层级要填批复文号。", code="document", field="document_no")
    on = on or timezone.localdate()
    not_after_today(on, "变更日期")
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        raise BusinessError("已有同名的党组织，或者刚有人改了它的成员，请刷新后再看。", code="concurrent") from error
    if changed or document_no:
        lines = [_words(was, organisation, name) for name in changed]
        note_act(
            organisation, ActKind.CHANGED, on=on, document_no=document_no, note="；".join(filter(None, [*lines, note]))
        )
    return organisation


def _words(was: Organisation, now: Organisation, name: str) -> str:
    label = Organisation._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    if name == "name":
        return f"{label}由“{was.name}”改为“{now.name}”"
    return f"{label}由{getattr(was, f'get_{name}_display')()}改为{getattr(now, f'get_{name}_display')()}"


@transaction.atomic
def move_organisation(
    organisation: Organisation, parent: Organisation | None, *, on: dt.date, document_no: str, actor
) -> Organisation:
    """Put an organisation with all below it under another one, or on top. Members and posts stay as they are."""
    lock_tree()
    not_after_today(on, "调整日期")
    organisation = Organisation.objects.get(pk=organisation.pk)
    if parent is not None:
        parent = Organisation.objects.get(pk=parent.pk)
        require_standing(parent, on)
        if parent.path.startswith(organisation.path):
            raise BusinessError("上级不能是它自己或它下面的党组织。", code="loop", field="parent")
    if sentence := misplaced(organisation.level, parent.level if parent else None):
        raise BusinessError(sentence, code="level", field="parent")
    if not document_no:
        raise BusinessError("请填批复文号。", code="document", field="document_no")
    former = Organisation.objects.get_parent(organisation)
    if (former.pk if former else None) == (parent.pk if parent else None):
        return organisation
    if parent is not None:
        Organisation.objects.move(organisation, parent, pos="last-child")
    else:
        Organisation.objects.move(organisation, Organisation.objects.get_last_root_node(), pos="last-sibling")
    organisation = Organisation.objects.get(pk=organisation.pk)
    words = f"上级由{former or '无'}改为{parent or '无'}"
    note_act(organisation, ActKind.CHANGED, on=on, document_no=document_no, note=words)
    audit.record("move_organisation", actor=actor, target=f"branches.organisation:{organisation.pk}", fields=["parent"])
    return organisation


@transaction.atomic
def give_honour(organisation: Organisation, *, actor, **values) -> OrganisationHonour:
    """Record an honour; the same one again is refused with a sentence. `values`: fields of OrganisationHonour."""
    not_after_today(values["awarded_on"], "授予日期")
    honour = OrganisationHonour(organisation=organisation, **values)
    try:
        honour.full_clean()
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error
    honour.save()
    audit.record("give_honour", actor=actor, target=f"branches.organisationhonour:{honour.pk}")
    return honour
