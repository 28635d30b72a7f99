"""Outside posts and their logs in the world of the access matrix: one object of each kind a side, and what each page
asks for as (right, model whose key stands in the address, right to send)."""

import datetime as dt

from apps.accounts.models import User
from apps.common.models import Attachment
from apps.organisation.models import Community
from apps.volunteers.models import BrightRecord, CaseLog, OutsidePost, PartyReport, Patrol, PostBatch, Problem

DAY = dt.date(2026, 3, 1)
NOBODY = "nobody"
NAMES = ("outsidepost", "patrol", "problem", "partyreport", "brightrecord", "caselog")


def _of_person(side, **more) -> dict:
    return {"unit": side.unit, "person": side.cadre.person, **more}


def _post(side) -> OutsidePost:
    return OutsidePost.objects.create(
        **_of_person(side), kind="lane", body="榕树社区", field="city", level="block", starts_on=DAY,
        ends_on=dt.date(2099, 1, 1),
    )  # fmt: skip


def _report(side) -> PartyReport:
    community = Community.objects.filter(voided_at__isnull=True).order_by("pk").first()
    return PartyReport.objects.create(**_of_person(side), on=DAY, community=community, host="社区党委")


def _batch(side) -> PostBatch:
    upload = Attachment.objects.create(
        subject="x", purpose="list", size=1, digest=b"x", storage_name=f"posts{side.unit.pk}"
    )
    clerk = User.objects.get(username=f"carer{side.unit.pk}")
    return PostBatch.objects.create(upload=upload, uploaded_by=clerk, state="dropped")


BATCH = "volunteers.postbatch"
POST_OBJECTS = {
    BATCH: _batch,
    "volunteers.outsidepost": _post,
    "volunteers.patrol": lambda side: Patrol.objects.create(**_of_person(side), on=DAY, minutes=60, place="榕树巷"),
    "volunteers.problem": lambda side: Problem.objects.create(
        **_of_person(side), found_on=DAY, what="路灯不亮", place="榕树巷"
    ),
    "volunteers.partyreport": _report,
    "volunteers.brightrecord": lambda side: BrightRecord.objects.create(
        **_of_person(side), kind="identity", on=DAY, words="佩戴党徽"
    ),
    "volunteers.caselog": lambda side: CaseLog.objects.create(
        unit=side.unit, handler=side.cadre.person, kind="legal", taken_on=DAY, parties="L", subject="租房押金"
    ),
}


def _change(name: str, *pages: str) -> dict:
    return {f"admin:volunteers_{name}_{page}": (f"volunteers.change_{name}", f"volunteers.{name}") for page in pages}


POST_PAGES = {
    **{f"admin:volunteers_{name}_sheet": (f"volunteers.view_{name}",) for name in NAMES},
    "admin:volunteers_outsidepost_figures": ("volunteers.view_outsidepost",),
    "admin:volunteers_outsidepost_limits": ("volunteers.view_outsidepost",),
    **{f"admin:volunteers_outsidepost_{act}": ("volunteers.add_outsidepost",) for act in ("elder", "elder_new")},
    "admin:volunteers_patrol_enter": ("volunteers.add_patrol",),
    "admin:volunteers_postbatch_template": ("volunteers.add_postbatch",),
    "admin:volunteers_postbatch_report": (NOBODY, BATCH),
    **_change("outsidepost", "end", "renew"),
    **_change("problem", "report", "close", "reopen"),
    **_change("partyreport", "confirm"),
    **_change("caselog", "step", "close", "reopen"),
}
# One's own uploads only: those of the world are a carer's.
POST_EXCEPTIONS = {f"admin:volunteers_postbatch_{act}": (NOBODY, BATCH) for act in ("change", "history")}
