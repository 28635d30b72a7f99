"""Rows that only some kinds of organisation may have: refused by the model and by the database."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models

from apps.branches.rules.capability import Capability, able, kinds_without, refusal


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


class Capable(models.Model):
    """Mixin: `needs` names the capability that `organisation` must have; full_clean says it in words."""

    needs: Capability

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if getattr(self, "organisation_id", None) and not able(self.organisation.kind, self.needs):
            raise ValidationError({"organisation": refusal(self.organisation.kind, self.needs)}, code="incapable")
