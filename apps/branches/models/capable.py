"""Rows that only some kinds of organisation may have: refused by the model and by the database."""

from dataclasses import dataclass

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models

from apps.branches.rules.capability import Capability, able, kinds_without, refusal
from apps.branches.rules.levels import ORDER


def capability_trigger(capability: Capability, *, column: str = "organisation_id", when: str = "") -> pgtrigger.Trigger:
    """Refuse, whichever way it comes in, a row of an organisation whose kind has not the capability (domain 2.2.1).

    `when` is an SQL condition on NEW; the error is a check_violation, thus an IntegrityError.
    """
    kinds = ", ".join(f"'{kind}'" for kind in kinds_without(capability))
    condition = f"({when}) AND " if when else ""
    func = f"""
        IF {condition}EXISTS (
            SELECT 1 FROM branches_organisation WHERE id = NEW.{column} AND kind IN ({kinds})
        ) THEN
            RAISE EXCEPTION 'organisation % may not: {capability}', NEW.{column} USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """  # noqa: S608 (kinds and columns of ours, nothing typed)
    return pgtrigger.Trigger(
        name=f"capable_{capability}",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=func,
    )


@dataclass(frozen=True)
class Held:
    """Rows that stand in the way of a kind without the capability. `condition` is SQL over the row `t`; `noun` is said
    after the number: 有 3 名党员的正式组织关系."""

    table: str
    capability: Capability
    noun: str
    condition: str = "t.voided_at IS NULL"
    column: str = "organisation_id"


# Every model with a `capability_trigger` stands here, or a change of kind would leave its rows behind unlawful.
# Held by tests/branches/test_capable.py.
HELD = (
    Held(
        "branches_membership", Capability.FORMAL_LINK, "名党员的正式组织关系",
        "t.link = 'formal' AND t.ends_on IS NULL AND t.voided_at IS NULL",
    ),
    Held(
        "branches_meeting", Capability.LESSONS, "次三会一课记录",
        "t.voided_at IS NULL AND t.kind IN ('assembly', 'committee', 'group', 'lecture', 'life', 'review')",
    ),
    Held("branches_review", Capability.LESSONS, "条民主评议记录"),
    Held(
        "branches_transfer", Capability.FORMAL_LINK, "件正在转入的组织关系",
        "t.state IN ('applied', 'agreed', 'under_way') AND t.voided_at IS NULL", column="to_organisation_id",
    ),
    Held("branches_duesyear", Capability.DUES, "个年度的党费核定"),
    Held("branches_duesbase", Capability.DUES, "条党费基数"),
    Held("branches_duesexemption", Capability.DUES, "条党费减免"),
    Held("branches_duespayment", Capability.DUES, "条党费收缴记录"),
    Held(
        "branches_election", Capability.ELECTION, "次没办完的换届",
        "t.state NOT IN ('done', 'cancelled') AND t.voided_at IS NULL",
    ),
    Held(
        "branches_termshift", Capability.ELECTION, "份等答复的延期、提前换届请示",
        "t.state = 'asked' AND t.voided_at IS NULL",
    ),
    Held(
        "branches_recruit", Capability.RECRUIT, "件正在办的入党申请",
        "t.stage IN ('applied', 'activist', 'candidate', 'probationary') AND t.voided_at IS NULL",
    ),
)  # fmt: skip


def kind_trigger() -> pgtrigger.Trigger:
    """Refuse to change an organisation's kind while it has rows that the new kind may not have."""
    checks = "".join(
        f"""
        IF NEW.kind IN ({", ".join(f"'{kind}'" for kind in kinds_without(one.capability))}) AND EXISTS (
            SELECT 1 FROM {one.table} t WHERE t.{one.column} = NEW.id AND {one.condition}
        ) THEN
            RAISE EXCEPTION 'organisation % keeps {one.table}: {one.capability}', NEW.id
                USING ERRCODE = 'check_violation';
        END IF;"""  # noqa: S608 (tables of ours, nothing typed)
        for one in HELD
    )
    return pgtrigger.Trigger(
        name="kind_keeps_rows",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("kind"),
        condition=pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind")),
        func=checks + "\n        RETURN NEW;",
    )


def level_trigger(steplen: int) -> pgtrigger.Trigger:
    """Keep the order of levels in the tree, and formal relations in branches, whichever way a row comes in."""
    order = ", ".join(f"'{level}'" for level in ORDER)
    func = f"""
        own := array_position(levels, NEW.level::text);
        SELECT level::text INTO above FROM branches_organisation
        WHERE path = left(NEW.path, length(NEW.path) - {steplen}) AND length(NEW.path) > {steplen};
        IF (above IS NOT NULL AND array_position(levels, above) >= own)
           OR (NEW.level = 'group' AND above IS DISTINCT FROM 'branch') THEN
            RAISE EXCEPTION 'level % may not stand under %', NEW.level, above USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND (EXISTS (
            SELECT 1 FROM branches_organisation c WHERE c.voided_at IS NULL AND c.depth = NEW.depth + 1
            AND c.path LIKE NEW.path || '%%' AND (array_position(levels, c.level::text) <= own
                OR (c.level = 'group' AND NEW.level <> 'branch'))
        ) OR (NEW.level <> 'branch' AND EXISTS (
            SELECT 1 FROM branches_membership m WHERE m.organisation_id = NEW.id
            AND (m.link = 'formal' OR NEW.level = 'group') AND m.ends_on IS NULL AND m.voided_at IS NULL
        ))) THEN
            RAISE EXCEPTION 'organisation % keeps rows of its level', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """  # noqa: S608 (the same)
    return pgtrigger.Trigger(
        name="level_in_order",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("level"),
        declare=[("levels", f"text[] := ARRAY[{order}]"), ("above", "text"), ("own", "int")],
        func=func,
    )


def place_trigger(steplen: int) -> pgtrigger.Trigger:
    """Of a membership: a formal relation lies in a branch, nobody belongs to a group alone, and a group is one of the
    organisation's own."""
    func = f"""
        IF NEW.ends_on IS NULL AND NEW.voided_at IS NULL AND EXISTS (
            SELECT 1 FROM branches_organisation WHERE id = NEW.organisation_id
            AND (level = 'group' OR (NEW.link = 'formal' AND level <> 'branch'))
        ) THEN
            RAISE EXCEPTION 'no such relation to organisation %', NEW.organisation_id USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.group_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM branches_organisation g JOIN branches_organisation o
                ON o.path = left(g.path, length(g.path) - {steplen})
            WHERE g.id = NEW.group_id AND g.level = 'group' AND o.id = NEW.organisation_id
        ) THEN
            RAISE EXCEPTION 'group % is not of organisation %', NEW.group_id, NEW.organisation_id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """  # noqa: S608 (the same)
    return pgtrigger.Trigger(
        name="in_its_place", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update, func=func
    )


class Capable(models.Model):
    """Mixin: `needs` names the capability that `organisation` must have; full_clean says it in words."""

    needs: Capability

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if getattr(self, "organisation_id", None) and not able(self.organisation.kind, self.needs):
            raise ValidationError({"organisation": refusal(self.organisation.kind, self.needs)}, code="incapable")
