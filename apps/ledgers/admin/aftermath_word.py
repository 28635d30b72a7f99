"""讣告 and 生平 as a Word file to go on with: title in 黑体, text in 仿宋, indented by two characters."""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE_SIZE, TEXT_SIZE, LEADING = 22, 16, 30  # points: 二号, 三号, and the line distance of official papers


def word_of(title: str, text: str) -> bytes:
    """One A4 document; each line of `text` a paragraph, the last lines of a signature as they stand."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    head = document.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(head, title, "黑体", TITLE_SIZE)
    for line in text.splitlines():
        if not line.strip():
            continue
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(2 * TEXT_SIZE)
        paragraph.paragraph_format.line_spacing = Pt(LEADING)
        _write(paragraph, line.strip(), "仿宋", TEXT_SIZE)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _write(paragraph, text: str, font: str, size: int) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
