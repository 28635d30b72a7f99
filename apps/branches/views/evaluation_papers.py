"""呈报表 and 评分表 of an evaluation (domain 4.3 table 8): an A4 page or, with `?as=xlsx`, a workbook."""

import io

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.branches.models import Evaluation
from apps.branches.queries.evaluations import all_lines, parts_of, totals_of
from apps.branches.rules.evaluation import plain
from apps.common import audit
from apps.common.printing import frame_for
from apps.common.workbook.writer import write_sheet

from .paper_out import XLSX, Sheet

SCORE_COLUMNS = ("序号", "栏目", "内容", "分值", "自评", "初核", "复核", "命名", "说明")
FORM_COLUMNS = ("项目", "内容")


def subject_of(evaluation: Evaluation) -> str:
    return (evaluation.organisation or evaluation.unit).name


def score_sheet(evaluation: Evaluation) -> Sheet:
    """评分表: every item with the points of each stage, and the sums below. Nobody is compared with anybody."""
    lines = all_lines(parts_of(evaluation))
    rows = [
        [
            line.item.number, line.item.section, line.item.text, _most(line), plain(line.self_points),
            plain(line.verified_points), plain(line.rechecked_points), plain(line.final_points),
            "；".join(filter(None, [line.self_note, line.verify_note])),
        ]
        for line in lines
    ]  # fmt: skip
    sums = dict(totals_of(lines))
    rows.append(["", "合计", "", "", sums["自评"], sums["初核"], sums["复核"], sums["命名"], ""])
    return Sheet(
        title=f"{evaluation}评分表", columns=SCORE_COLUMNS, rows=rows, people=(), order="标准的顺序", landscape=True,
        facts=[("对象", subject_of(evaluation)), ("进度", evaluation.get_state_display())], stamp=True,
        footer="复核没有另给分的，命名按初核分。扣分项从合计里减去。",
    )  # fmt: skip


def _most(line) -> str:
    most = plain(line.item.points)
    return most if line.item.nature == "normal" else f"{line.item.get_nature_display()} {most}"


def form_sheet(evaluation: Evaluation) -> Sheet:
    """呈报表: the subject, its story, and what each level decided."""
    lines = all_lines(parts_of(evaluation))
    sums = dict(totals_of(lines))
    verified = [
        f"核查日期 {evaluation.verified_on}" if evaluation.verified_on else "",
        f"核查人 {evaluation.verifiers}" if evaluation.verifiers else "",
        "、".join(evaluation.ways), evaluation.opinion,
    ]  # fmt: skip
    named = [
        evaluation.get_state_display() if evaluation.decided_on else "", evaluation.get_level_display(),
        f"牌匾 {evaluation.plaque_no}" if evaluation.plaque_no else "",
        f"有效期至 {evaluation.valid_until}" if evaluation.valid_until else "", evaluation.document_no,
    ]  # fmt: skip
    one = evaluation.organisation
    rows = [
        ("名称", subject_of(evaluation)), ("申报名称", evaluation.standard.name), ("年度", str(evaluation.year)),
        ("成立日期", str(one.established_on or "") if one else ""), ("党建品牌", one.brand if one else ""),
        ("自评得分", sums["自评"]), ("呈报日期", str(evaluation.submitted_on or "")), ("事迹材料", evaluation.story),
        ("核查意见", "　".join(filter(None, verified))), ("核查得分", sums["命名"]),
        ("命名意见", "　".join(filter(None, named))),
    ]  # fmt: skip
    if evaluation.reward_amount is not None:
        rows.append(("以奖代投", f"{evaluation.reward_amount} 元　{evaluation.reward_on}　{evaluation.reward_purpose}"))
    return Sheet(
        title=f"{evaluation}呈报表", columns=FORM_COLUMNS, rows=rows, people=(), order="", stamp=True,
        signature="负责人签名",
    )  # fmt: skip


SHEETS = {"form": form_sheet, "scores": score_sheet}


def send_paper(request, evaluation: Evaluation, which: str, *, back_url: str) -> HttpResponse:
    """One of SHEETS as a page or a workbook, logged before it leaves."""
    sheet = SHEETS[which](evaluation)
    as_file = request.GET.get("as") == "xlsx"
    audit.look(
        "export" if as_file else "print", actor=request.user, reason=sheet.title, request=request,
        target=f"branches.evaluation:{evaluation.pk}",
    )  # fmt: skip
    if as_file:
        return workbook_of(request, sheet)
    frame = frame_for(
        request, sheet.title, order=sheet.order, scope=subject_of(evaluation), columns=len(sheet.columns),
        back_url=back_url, landscape=sheet.landscape, stamp=sheet.stamp, signature=sheet.signature, recall=False,
    )  # fmt: skip
    template = "print/evaluation_form.html" if which == "form" else "print/evaluation_scores.html"
    response = render(request, template, {"frame": frame, "sheet": sheet})
    response["Cache-Control"] = "no-store"
    return response


def workbook_of(request, sheet: Sheet) -> HttpResponse:
    stream = io.BytesIO()
    now = timezone.localtime()
    notes = [*sheet.facts, ("导出人", str(request.user)), ("导出时间", f"{now:%Y-%m-%d %H:%M}")]
    write_sheet(stream, sheet.title, sheet.columns, sheet.rows, notes=notes, sheet_name=sheet.title[:31])
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{sheet.title}{now:%Y%m%d}.xlsx")
    response["Cache-Control"] = "no-store"
    return response
