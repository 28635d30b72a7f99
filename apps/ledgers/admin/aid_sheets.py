"""The papers of the aid fund (domain 4.3 table 5 and 10): 申请表, 汇总表, 会议审批表, 公示, 签领表; on A4 or as xlsx.

The public notice carries names and units only: no id, no address, no illness, no reasons (domain 3.12; trust).
"""

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.branches.views.evaluation_papers import workbook_of
from apps.branches.views.paper_out import Sheet
from apps.common import audit
from apps.common.capital_amount import capital_amount
from apps.common.citizen_id import masked_citizen_id
from apps.common.models import Paper
from apps.common.printing import frame_for
from apps.ledgers.models import AidApplication, AidBatch, AidMeeting, AidNotice, FundYear
from apps.ledgers.queries.aid import rules_for, situation_words
from apps.ledgers.rules.aid import notice_name
from apps.registry.wording import age_of

ORDER = "申请先后"
SUMMARY = ("序号", "姓名", "性别", "年龄", "单位", "申请人", "类别", "困难情形", "帮扶方式", "申请金额（元）",
           "初审建议（元）", "批准金额（元）", "进度")  # fmt: skip
MEETING = ("序号", "姓名", "单位", "类别", "帮扶方式", "申请金额（元）", "初审建议（元）", "会议意见", "批准金额（元）",
           "回避", "说明")  # fmt: skip
NOTICE = ("序号", "姓名", "单位", "帮扶类别", "帮扶方式", "金额（元）")
RECEIPTS = ("序号", "姓名", "身份证号", "单位", "金额（元）", "金额（大写）", "收款人", "领取人签字", "代领关系",
            "领取日期")  # fmt: skip


def unit_of(row: AidApplication) -> str:
    unit = row.cadre.managing_unit
    return unit.short_name or unit.name


def support_of(row: AidApplication) -> str:
    return "遗属困难补助" if row.for_survivors else "特殊困难补助"


def yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def granted_words(row: AidApplication) -> str:
    """What was granted: a sum, or hands."""
    if row.granted is None:
        return ""
    return yuan(row.granted) if row.granted else row.get_help_display()


def summary_sheet(fund: FundYear, rows: Sequence[AidApplication], *, details: bool) -> Sheet:
    """汇总表. The situations only for who may see the family's particulars."""
    today = timezone.localdate()
    lines = [
        [
            place, row.cadre.person.name, row.cadre.person.get_sex_display(), age_of(row.cadre.person, today) or "",
            unit_of(row), row.get_applicant_display(), row.get_kind_display(),
            "；".join(situation_words(row.situations)) if details else "—", row.get_help_display(),
            yuan(row.requested), yuan(row.proposed), granted_words(row), row.get_state_display(),
        ]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    total = sum((row.counted for row in rows), Decimal(0))
    lines.append(["", "合计", "", "", "", "", "", "", "", "", "", yuan(total), f"{len(rows)} 人"])
    return Sheet(
        title=f"{fund}汇总表", columns=SUMMARY, rows=lines, people=[row.cadre_id for row in rows], order=ORDER,
        landscape=True, stamp=True,
        facts=[("资金", f"共 {fund.total} 元，已批准 {fund.granted} 元，还剩 {fund.left} 元")],
    )  # fmt: skip


def meeting_sheet(meeting: AidMeeting) -> Sheet:
    """会议审批表: what was decided of each, with room for the signatures of those who sat."""
    votes = list(meeting.votes.select_related("application__cadre__person", "application__cadre__managing_unit"))
    lines = [
        [
            place, vote.application.cadre.person.name, unit_of(vote.application),
            vote.application.get_kind_display(), vote.application.get_help_display(),
            yuan(vote.application.requested), yuan(vote.application.proposed), vote.get_verdict_display(),
            yuan(vote.amount or None) if vote.verdict == "grant" else "", vote.recused, vote.note,
        ]
        for place, vote in enumerate(votes, 1)
    ]  # fmt: skip
    total = sum((vote.amount or Decimal(0) for vote in votes if vote.verdict == "grant"), Decimal(0))
    lines.append(["", "合计", "", "", "", "", "", "", yuan(total), "", capital_amount(total)])
    table = "、".join([*map(str, meeting.deciders.order_by("pk")), *meeting.other_names])
    return Sheet(
        title=f"{meeting.fund}会议审批表", columns=MEETING, rows=lines,
        people=[vote.application.cadre_id for vote in votes], order=ORDER, landscape=True, stamp=True,
        signature="参会人签名",
        facts=[("会议日期", f"{meeting.held_on}"), ("会议纪要", meeting.minutes_no), ("参会表决", table)],
    )  # fmt: skip


def notice_sheet(notice: AidNotice) -> Sheet:
    """公示: who, where from, which kind, how much. Nothing else about anybody."""
    rules = rules_for(notice.fund, notice.starts_on)
    rows = of_list(notice.applications)
    lines = [
        [
            place, notice_name(row.cadre.person.name, rules), unit_of(row), support_of(row), row.get_help_display(),
            yuan(row.granted or None),
        ]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    days = f"{notice.starts_on:%Y年%-m月%-d日}至{notice.last_day:%Y年%-m月%-d日}"
    return Sheet(
        title=f"{notice.fund}公示（第 {notice.number} 批）", columns=NOTICE, rows=lines,
        people=[row.cadre_id for row in rows], order=ORDER, stamp=True, facts=[("公示时间", days)],
        footer=f"如有异议，请在公示期内实名反映。监督电话：{notice.contact}。公示只列姓名、单位和金额，不公开病情和家庭情况。",
    )  # fmt: skip


def receipts_sheet(batch: AidBatch) -> Sheet:
    """发放签领表 with 大写金额; what was signed for already is printed."""
    rows = of_list(batch.applications)
    lines = [
        [
            place, row.cadre.person.name, masked_citizen_id(row.cadre.person.citizen_id), unit_of(row),
            granted_words(row), capital_amount(row.granted) if row.granted else "", row.payee, row.receiver,
            row.receiver_relation or row.payee_relation, f"{row.received_on or ''}",
        ]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    total = sum((row.granted or Decimal(0) for row in rows), Decimal(0))
    lines.append(["", "合计", "", "", yuan(total), capital_amount(total), "", "", "", ""])
    return Sheet(
        title=f"{batch.fund}签领表（第 {batch.number} 批）", columns=RECEIPTS, rows=lines,
        people=[row.cadre_id for row in rows], order=ORDER, landscape=True, stamp=True, tall=True,
        signature="经办人签名",
        facts=[("发放日期", f"{batch.paid_on}"), ("方式", batch.get_method_display()),
               ("凭证号", batch.voucher or "—")],
    )  # fmt: skip


def of_list(rows) -> list[AidApplication]:
    found = rows.filter(voided_at__isnull=True).select_related("cadre__person", "cadre__managing_unit")
    return list(found.order_by("applied_on", "pk"))


def send(
    request, sheet: Sheet, *, back_url: str, target: str, paper: Paper | None = None, recall: bool = True,
    number_as: str = "",
) -> HttpResponse:  # fmt: skip
    """The sheet as a page or, with `?as=xlsx`, as a file; on record before it leaves."""
    as_file = request.GET.get("as") == "xlsx"
    audit.look(
        "export" if as_file else "print", actor=request.user, people=sheet.people, reason=sheet.title, target=target,
        request=request,
    )  # fmt: skip
    if as_file:
        return workbook_of(request, sheet)
    frame = frame_for(
        request, sheet.title, paper=paper, order=sheet.order, columns=len(sheet.columns), back_url=back_url,
        landscape=sheet.landscape, stamp=sheet.stamp, signature=sheet.signature, recall=recall,
        number_as=number_as,
    )  # fmt: skip
    response = render(request, "print/aid_table.html", {"frame": frame, "sheet": sheet})
    response["Cache-Control"] = "no-store"
    return response


def application_lines(row: AidApplication, *, details: bool) -> list[tuple[str, str]]:
    """特困申请表, line by line; the particulars only for who may see them."""
    person, today = row.cadre.person, timezone.localdate()
    age = age_of(person, today)
    facts = [person.name, person.get_sex_display(), f"{age} 岁" if age else "", row.cadre.get_retire_type_display()]
    lines = [
        ("老同志", "　".join(filter(None, facts)) + ("　已离世" if row.for_survivors else "")),
        ("单位", row.cadre.managing_unit.name),
        ("申请人", row.applicant_words),
        ("怎样报来", f"{row.get_via_display()}　{row.entered_by or ''}　{row.applied_on}"),
        ("困难类别", f"{row.get_kind_display()}　希望：{row.get_help_display()}"),
        ("申请金额", f"{yuan(row.requested)} 元（{capital_amount(row.requested)}）" if row.requested else "—"),
    ]
    if details:
        lines += [
            ("困难情形", "；".join(situation_words(row.situations))), ("家庭人口", row.household),
            ("家庭月收入", money(row.income)), ("家庭月支出", money(row.expense)),
            ("一年自费医药费", money(row.medical)), ("住房情况", row.housing), ("申请理由", row.statement),
        ]  # fmt: skip
    return lines


def money(text: str) -> str:
    return f"{text} 元" if text else ""


def form_blocks(row: AidApplication, *, details: bool) -> list[tuple[str, str, str]]:
    """Heading, what is known already and the line to sign, of the lower half of the form."""
    verified = f"{row.verifiers}　{row.verified_on or ''}".strip() if row.verified_on else ""
    decided = f"{row.decided_on}　批准 {yuan(row.granted)} 元" if row.granted is not None else ""
    return [
        ("党支部（单位）核实", "\n".join(filter(None, (row.findings if details else "", verified))), "核实人签名"),
        ("单位意见", row.unit_opinion if details else "", "负责人签名（盖章）"),
        ("老干部局初审", row.review_opinion if details else "", "初审人签名"),
        ("局务会审批", decided, "负责人签名（盖章）"),
    ]
