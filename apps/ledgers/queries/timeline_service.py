"""What the timeline of a person tells of his service: since when he is a volunteer, posts outside, 党员报到, hours a
year, certificates."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear, Now, TruncDate

from apps.common.code_lists import names_of
from apps.ledgers.choices.timeline import MomentKind
from apps.registry.models import Cadre
from apps.volunteers.choices.posts import PostEnd
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import OutsidePost, PartyReport, ServiceCertificate, ServiceRecord, Volunteer
from apps.volunteers.queries.posts import KINDS
from apps.volunteers.rules.times import length_words

from .moments import Moment, Source, on_day


@dataclass(frozen=True)
class YearSums(Source):
    """One line a year: how often and how long, dated by its last day."""

    def latest(self, cadre: Cadre, *, year: int | None, most: int) -> QuerySet:
        rows = self.rows(cadre)
        if year is not None:
            rows = rows.filter(on__gte=dt.date(year, 1, 1), on__lt=dt.date(year + 1, 1, 1))
        years = rows.order_by().annotate(year=ExtractYear("on")).values("year")
        return years.annotate(times=Count("pk"), minutes=Sum("minutes"), last=Max("on")).order_by("-year")[:most]


def _posts(cadre: Cadre) -> QuerySet:
    return OutsidePost.objects.current().filter(person_id=cadre.pk)


def _post_name(row: OutsidePost) -> str:
    return row.body + (row.duty or names_of(KINDS).get(row.kind, "的职务"))


def _of_post(row: OutsidePost) -> Iterator[Moment]:
    words = f"{'续任' if row.renewed_from_id else '担任'}{_post_name(row)}"
    note = "　".join(filter(None, (row.get_level_display(), row.document_no)))
    yield on_day(row.starts_on, words, note, f"volunteers.outsidepost:{row.pk}")


def _of_post_end(row: OutsidePost) -> Iterator[Moment]:
    why = PostEnd(row.ended_because).label if row.ended_because else "任期到期"
    yield on_day(row.ends_on, f"{_post_name(row)}：{why}", row.ended_note, f"volunteers.outsidepost:{row.pk}")


def _ended_posts(cadre: Cadre) -> QuerySet:
    """Those that are over: an end that lies ahead has not happened to him."""
    over = ~Q(ended_because="") | Q(ends_on__lte=TruncDate(Now()))
    return _posts(cadre).filter(over, renewed_as__isnull=True)


def _reports(cadre: Cadre) -> QuerySet:
    return PartyReport.objects.current().filter(person_id=cadre.pk).select_related("community")


def _of_report(row: PartyReport) -> Iterator[Moment]:
    yield on_day(row.on, f"到{row.community}党组织报到", row.wishes, f"volunteers.partyreport:{row.pk}")


def _records(cadre: Cadre) -> QuerySet:
    return ServiceRecord.objects.current().filter(volunteer=cadre.pk, state=RecordState.CONFIRMED)


def _of_year(row: dict) -> Iterator[Moment]:
    words = f"{row['year']}年志愿服务 {row['times']} 次，共{length_words(row['minutes'])}"
    yield on_day(row["last"], words, "日期是这一年最近的一次")


def _volunteer(cadre: Cadre) -> QuerySet:
    return Volunteer.objects.filter(pk=cadre.pk, voided_at__isnull=True)


def _of_joining(row: Volunteer) -> Iterator[Moment]:
    yield on_day(row.joined_on, "登记为志愿者", row.strengths, f"volunteers.volunteer:{row.pk}")


def _of_leaving(row: Volunteer) -> Iterator[Moment]:
    yield on_day(row.left_on, "不再担任志愿者", row.leave_reason, f"volunteers.volunteer:{row.pk}")


def _certificates(cadre: Cadre) -> QuerySet:
    return ServiceCertificate.objects.current().filter(volunteer=cadre.pk, code__isnull=False)


def _of_certificate(row: ServiceCertificate) -> Iterator[Moment]:
    last = row.ends_on - dt.timedelta(days=1)
    words = f"发给志愿服务证明，{row.count} 次，共{length_words(row.minutes)}"
    note = f"编号 {row.code}　{row.starts_on:%Y-%m-%d} 至 {last:%Y-%m-%d}"
    yield on_day(row.issued_on, words, note, f"volunteers.servicecertificate:{row.pk}")


def _of_revoking(row: ServiceCertificate) -> Iterator[Moment]:
    yield on_day(
        row.revoked_on, f"志愿服务证明 {row.code} 撤销", row.revoke_reason, f"volunteers.servicecertificate:{row.pk}"
    )


VOLUNTEER, CERTIFICATE = "volunteers.view_volunteer", "volunteers.view_servicecertificate"
POST, REPORT = "volunteers.view_outsidepost", "volunteers.view_partyreport"
SOURCES: tuple[Source, ...] = (
    Source("outside_posts", MomentKind.SERVICE, POST, "starts_on", _posts, _of_post),
    Source("outside_ends", MomentKind.SERVICE, POST, "ends_on", _ended_posts, _of_post_end),
    Source("party_reports", MomentKind.SERVICE, REPORT, "on", _reports, _of_report),
    YearSums("service_years", MomentKind.SERVICE, "volunteers.view_servicerecord", "on", _records, _of_year),
    Source("volunteer_from", MomentKind.SERVICE, VOLUNTEER, "joined_on", _volunteer, _of_joining),
    Source("volunteer_until", MomentKind.SERVICE, VOLUNTEER, "left_on", _volunteer, _of_leaving),
    Source("certificates", MomentKind.SERVICE, CERTIFICATE, "issued_on", _certificates, _of_certificate),
    Source("certificates_revoked", MomentKind.SERVICE, CERTIFICATE, "revoked_on", _certificates, _of_revoking),
)
