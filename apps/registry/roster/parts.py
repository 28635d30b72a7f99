"""The sheets of an upload that list people: one a unit, one a topic, or several files of them."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath

from apps.common.workbook import FileRefused, Sheet, Upload

from .answers import Answers
from .checking import Rules
from .layout import DataRows, Layout, data_rows, find_layout, titles_of
from .units import Units

SKIPPED_WORDS = {"sample": "模板示例行", "note": "说明行", "total": "合计行", "footer": "落款行"}
MOST_NAMED = 10


@dataclass(slots=True)
class Part:
    """One sheet that is read. `label` names it in answers and stays the same for the same upload; `title` is how
    sentences name it (empty when it is the only one). `unit_id` manages those whose row names no unit; `is_told`
    when the clerk said so, and not the sheet's name or title."""

    number: int
    sheet: Sheet
    layout: Layout
    data: DataRows
    label: str = ""
    title: str = ""
    unit_id: int | None = None
    is_told: bool = False
    kept_from_him: list[str] = field(default_factory=list)

    @property
    def at(self) -> dict[str, int]:
        return self.layout.at


@dataclass(slots=True)
class Parts:
    """The sheets that are read; `labels` of all that could be; `notes` on what is not read, in sentences."""

    parts: list[Part]
    labels: list[str]
    notes: list[str]


def find_parts(upload: Upload, rules: Rules, answers: Answers, units: Units) -> Parts:
    """Every visible sheet with a header and people below it. Raises FileRefused when there is none, with what is wrong
    with the first."""
    sheets = [sheet for sheet in upload.sheets if sheet.rows]
    shown = [sheet for sheet in sheets if not sheet.is_hidden] or sheets
    found: list[Part] = []
    without: list[tuple[Sheet, FileRefused]] = []
    for sheet in shown:
        try:
            found.append(_open(len(found), sheet, rules))
        except FileRefused as refused:
            without.append((sheet, refused))
    if not found:
        _refuse(shown, without)
    _name(found, several_files=len({sheet.file for sheet in upload.sheets}) > 1)
    labels = [part.label for part in found]
    parts = [part for part in found if part.label not in answers.left_out]
    if not parts:
        raise FileRefused("no_rows", "所有的表都选了不读。请至少留下一张。")
    for number, part in enumerate(parts):
        part.number = number
        _give_unit(part, answers, units)
    gone = [part for part in found if part.label in answers.left_out]
    hidden = [sheet for sheet in sheets if sheet not in shown]
    return Parts(parts, labels, _notes_on_unread(upload, without, gone, hidden))


def _refuse(shown: list[Sheet], without: list[tuple[Sheet, FileRefused]]) -> None:
    if not without:
        raise FileRefused("no_sheet", "文件里没有数据，请检查是否选错了文件。")
    first = next((refused for _, refused in without if refused.code != "no_header"), without[0][1])
    raise first


def _open(number: int, sheet: Sheet, rules: Rules) -> Part:
    layout = find_layout(sheet, rules.synonyms)
    kept = [heading.text for heading in layout.without(rules.not_for_him)]
    data = data_rows(sheet, layout)
    if not data.rows:
        raise FileRefused("no_rows", "表头下面没有人员。请把人员填在表头下面的行里再上传。")
    return Part(number, sheet, layout, data, kept_from_him=kept)


def _name(parts: list[Part], *, several_files: bool) -> None:
    sheets_in = Counter(part.sheet.file for part in parts)
    for part in parts:
        file, name = part.sheet.file, part.sheet.name
        part.label = f"{file}/{name}" if several_files else name
        if len(parts) > 1:
            part.title = f"“{name}”表" if not several_files else f"“{file}”"
            if several_files and sheets_in[file] > 1:
                part.title = f"“{file}”的“{name}”表"


def _give_unit(part: Part, answers: Answers, units: Units) -> None:
    """What the clerk said of this sheet, else what the sheet is called or says above its header, else his answer for
    all of them. Only where no column names units."""
    if part.label in answers.sheet_units:
        part.unit_id, part.is_told = answers.sheet_units[part.label], True
        return
    if "unit" not in part.at:
        file = PurePath(part.sheet.file).stem
        part.unit_id = units.named_in([part.sheet.name, *titles_of(part.sheet, part.layout), file])
    if part.unit_id is None and answers.unit_id is not None:
        part.unit_id, part.is_told = answers.unit_id, True


def _notes_on_unread(
    upload: Upload, without: list[tuple[Sheet, FileRefused]], gone: list[Part], hidden: list[Sheet]
) -> list[str]:
    notes = []
    for sheet, refused in without[:MOST_NAMED]:
        notes.append(f"{_where(sheet)}没有读：{refused.sentence}")
    if len(without) > MOST_NAMED:
        notes.append(f"还有 {len(without) - MOST_NAMED} 张表没有表头或没有人员，没有读。")
    if gone:
        notes.append(f"按您选的没有读：{_listed(part.title or part.label for part in gone)}。")
    if hidden:
        notes.append(f"隐藏的表没有读：{_listed(_where(sheet) for sheet in hidden)}。")
    if upload.unread:
        notes.append(f"压缩包里这些文件不是表格，没有读：{_listed(upload.unread)}。")
    return notes


def _where(sheet: Sheet) -> str:
    return f"“{sheet.file}”的“{sheet.name}”表" if sheet.file and sheet.name else f"“{sheet.file or sheet.name}”"


def notes_on(part: Part, unit_names: dict[int, str] | None = None) -> list[str]:
    """What was passed over in a sheet, and how its unit was known, in sentences."""
    notes = []
    for why, numbers in part.data.skipped.items():
        notes.append(f"{part.title}第 {_rows(numbers)} 行是{SKIPPED_WORDS[why]}，没有当作人员。")
    taken = {number for number, _ in part.data.rows}
    hidden = [number for number in part.sheet.hidden_rows if number in taken]
    if hidden:
        notes.append(f"{part.title}第 {_rows(hidden)} 行在表里是隐藏的，也读入了。")
    if part.layout.unknown:
        notes.append(f"{part.title}这些栏目用不上，没有读：{'、'.join(part.layout.unknown[:20])}。")
    if part.kept_from_him:
        notes.append(f"{part.title}这些栏目您没有登记的权限，没有读：{'、'.join(part.kept_from_him)}。")
    if part.unit_id is not None and not part.is_told and unit_names:
        notes.append(f"{part.title or '这张表'}没有单位一栏，按表名或标题当作{unit_names.get(part.unit_id, '')}的人。")
    return notes


def _listed(names) -> str:
    shown = list(names)
    more = f" 等 {len(shown)} 个" if len(shown) > MOST_NAMED else ""
    return "、".join(shown[:MOST_NAMED]) + more


def _rows(numbers) -> str:
    shown = list(numbers)
    return "、".join(map(str, shown[:10])) + (f" 等 {len(shown)} 行中的" if len(shown) > 10 else "")
