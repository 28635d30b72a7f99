"""What was found and decided on the way of one application, as lines for its page."""

from apps.ledgers.models import AidApplication
from apps.ledgers.rules.aid import COUNTED

from .aid_sheets import granted_words, yuan

Line = tuple[str, str]


def course_of(row: AidApplication, details: bool) -> list[Line]:
    """In order, only what is there; particulars of the family and the account with `details` only."""
    lines = [("申请期以外登记", row.late_reason), ("退回、不批准、撤回的原因", row.closing_note), *_looked_into(row)]
    if details:
        lines += [
            ("核实情况", row.findings), ("单位意见", row.unit_opinion), ("初审意见", row.review_opinion),
            ("在局里工作的亲属", row.kin_at_bureau),
        ]  # fmt: skip
    lines += _decided(row)
    lines += _paid(row, details)
    if row.revisited_on:
        lines.append(("次年回访", f"{row.revisited_on}　{row.revisit_note}"))
    if row.measure_id:
        lines.append(("一人一策里答应的事", f"{row.measure.need}：{row.measure.what}"))
    return [(name, text) for name, text in lines if text]


def _looked_into(row: AidApplication) -> list[Line]:
    lines = []
    if row.verified_on:
        seen = "入户看过" if row.visited else "没有入户"
        lines.append(("核实", f"{row.verified_on}　{row.verifiers}　{seen}"))
    if row.signed_on:
        lines.append(("单位签章", f"{row.signed_on}　{row.signer}"))
    if row.reviewed_on:
        lines.append(("初审", f"{row.reviewed_on}　{row.reviewed_by}　{_proposed(row)}"))
    return lines


def _proposed(row: AidApplication) -> str:
    return f"建议 {yuan(row.proposed)} 元" if row.proposed else f"建议给{row.get_help_display()}帮扶"


def _decided(row: AidApplication) -> list[Line]:
    lines = []
    if row.state in COUNTED:
        given = f"{granted_words(row)}{' 元' if row.granted else ''}"
        lines.append(("批准", f"{row.decided_on}　{given}　{row.decided_by}　{row.meeting.minutes_no}"))
    if row.notice_id:
        lines.append(("公示", f"{row.notice}　{row.notice.starts_on} 至 {row.notice.last_day}"))
    return lines


def _paid(row: AidApplication, details: bool) -> list[Line]:
    lines = []
    if row.paid_on:
        payee = f"{row.payee}（{row.payee_relation}）" if row.payee_relation else row.payee
        lines.append(("发放", f"{row.paid_on}　{row.get_pay_method_display()}　{payee}"))
        lines.append(("收款账号", row.account if details else ""))
    if row.received_on:
        proxy = f"（代领，{row.receiver_relation}）" if row.receiver_relation else ""
        lines.append(("签收", f"{row.received_on}　{row.receiver}{proxy}"))
    return lines
