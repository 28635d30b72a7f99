"""The shipped Word layout of a plan, built from code so that it can be read and mended like code."""

import functools
import io

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

BODY, HEADING = "宋体", "黑体"
PAIRS = (
    ("姓名", "性别"), ("出生年月", "民族"), ("籍贯", "政治面貌"), ("离退休类型", "离退休时间"),
    ("参加工作时间", "入党时间"), ("领导职务层次", "现享受待遇"), ("所在支部", "居住方式"), ("婚姻状况", "子女数"),
    ("联系电话", "责任人"),
)  # fmt: skip
WIDE = (
    ("职务职级", "职务（职级）"), ("单位", "管理单位"), ("现住址", "现住址"), ("联系人", "联系人"),
    ("特殊困难", "特殊困难"), ("服务需求", "希望得到的服务"),
)  # fmt: skip
PHOTO_ROWS = 5
SECTIONS = (("二", "落实各项待遇"), ("三", "满足康养需求"), ("四", "加强关怀慰藉"), ("五", "对接服务平台"))
COLUMNS = (
    ("序号", 9), ("方面", 20), ("需求", 36), ("办法", 38), ("由谁做", 24), ("责任人", 17), ("期限", 19), ("情况", 20),
)  # fmt: skip
SIGNS = ("本人或家属（签字）", "责任人（签字）", "单位（盖章）")


@functools.lru_cache(maxsize=1)
def default_template() -> bytes:
    """A .docx of two A4 pages with our placeholders: facts and sections, then needs and measures with room to sign."""
    document = Document()
    _page(document)
    _title(document)
    _facts(document)
    _sections(document)
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    _measures(document)
    _signs(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _page(document) -> None:
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(15)
    section.left_margin = section.right_margin = Mm(14)
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = Pt(0)


def _title(document) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run("离退休干部“一人一策”精准服务台账")
    run.bold, run.font.size = True, Pt(18)
    run.font.name = HEADING
    run._element.rPr.rFonts.set(qn("w:eastAsia"), HEADING)
    document.add_paragraph("{{ 年度 }}年　{{ 单位 }}　{{ 版次 }}　编码 {{ 编码 }}　{{ 日期 }}")


def _facts(document) -> None:
    table = _table(document, 5, (22, 48, 22, 48, 42))
    for place, (left, right) in enumerate(PAIRS):
        _cells(table.add_row(), (left, f"{{{{ {left} }}}}", right, f"{{{{ {right} }}}}", ""))
        if place < PHOTO_ROWS:
            continue
        table.rows[-1].cells[3].merge(table.rows[-1].cells[4])
    photo = table.rows[0].cells[4].merge(table.rows[PHOTO_ROWS - 1].cells[4])
    photo.text = "{{ 照片 }}"
    photo.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name, label in WIDE:
        row = table.add_row()
        row.cells[1].merge(row.cells[4])
        _cells(row, (label, f"{{{{ {name} }}}}"))


def _sections(document) -> None:
    for number, title in (
        ("二", "落实各项待遇"),
        ("三", "满足康养需求"),
        ("四", "加强关怀慰藉"),
        ("五", "对接服务平台"),
    ):
        _heading(document, f"{number}、{title}")
        document.add_paragraph(f"{{% for 项 in {title} %}}{{{{ 项.名称 }}}}：{{{{ 项.内容 }}}}　{{% endfor %}}")
    _heading(document, "情况摘要")
    document.add_paragraph("{{ 情况摘要 }}")
    _heading(document, "本人和家属的愿望")
    document.add_paragraph("{{ 愿望 }}")


def _measures(document) -> None:
    _heading(document, "需求和办法")
    table = _table(document, len(COLUMNS), [width for _, width in COLUMNS])
    _cells(table.add_row(), [name for name, _ in COLUMNS])
    table.rows[0].cells[0].paragraphs[0].runs[0].bold = True
    table.add_row().cells[0].text = "{%tr for 行 in 办法列表 %}"
    _cells(
        table.add_row(),
        [f"{{{{ 行.{name} }}}}" for name, _ in COLUMNS[:-1]] + ["{{ 行.情况 }} {{ 行.结果 }} {{ 行.满意度 }}"],
    )
    table.add_row().cells[0].text = "{%tr endfor %}"


def _signs(document) -> None:
    document.add_paragraph()
    table = _table(document, 3, (61, 61, 61))
    row = table.add_row()
    row.height = Mm(34)
    _cells(row, [f"{label}\n\n\n　　　　年　　月　　日" for label in SIGNS])


def _heading(document, words: str) -> None:
    run = document.add_paragraph().add_run(words)
    run.bold = True


def _table(document, columns: int, widths):
    table = document.add_table(rows=0, cols=columns)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _cells(row, texts) -> None:
    seen = []
    for cell in row.cells:
        if cell._tc not in seen:
            seen.append(cell._tc)
            if len(seen) <= len(texts):
                cell.text = texts[len(seen) - 1]
