"""The tables of both registers: columns, other words for them, and the sample line of the template.

Those who serve: the columns of the bureau's 离退休干部职工信息收集模版 with 办公电话 added (table 2 of domain 4.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.people.choices import Sex
from apps.registry.choices import RegisterKind, WorkerCategory
from apps.registry.roster.columns import fold_heading, synonyms


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`reads` names the reader of `sheets`; `source` a code list; `words` a fixed list of word → value.

    `key` is the field of the model. A column of `is_text` leaves as text cells.
    """

    key: str
    label: str
    reads: str = "text"
    also: tuple[str, ...] = ()
    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0
    can_clear: bool = True
    is_text: bool = False


@dataclass(frozen=True)
class Table:
    kind: RegisterKind
    title: str
    columns: tuple[TableColumn, ...]
    required: tuple[str, ...]
    sample: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def by_key(self) -> dict[str, TableColumn]:
        return {column.key: column for column in self.columns}

    @property
    def synonyms(self) -> dict[str, str]:
        """Folded heading → key."""
        return synonyms((column.key, (column.label, *column.also)) for column in self.columns)


SERIAL = TableColumn("serial", "序号", "ignored", ("编号", "行号"))
REASONS = TableColumn("reasons", "错误原因", "ignored")
CATEGORY_WORDS = {
    "专职": WorkerCategory.FULL, "兼职": WorkerCategory.PART, "专职人员": WorkerCategory.FULL,
    "兼职人员": WorkerCategory.PART, "专职工作人员": WorkerCategory.FULL, "兼职工作人员": WorkerCategory.PART,
}  # fmt: skip
SEX_WORDS = {"男": Sex.MALE, "女": Sex.FEMALE, "男性": Sex.MALE, "女性": Sex.FEMALE}

WORKERS = Table(
    RegisterKind.WORKERS,
    "老干部工作专兼职人员信息收集模板",
    (
        SERIAL,
        TableColumn("name", "姓名", "name", can_clear=False),
        TableColumn("mobile", "手机号码", "phone", ("手机", "手机号", "移动电话", "联系手机"), is_text=True),
        TableColumn(
            "office_phone", "办公电话（座机）", "phone_text", ("办公电话", "座机", "办公室电话", "固定电话"),
            longest=40, is_text=True,
        ),
        TableColumn(
            "category", "专职/兼职", "word", ("专兼职", "专（兼）职", "专/兼职", "工作人员类别", "专职或兼职"),
            words=CATEGORY_WORDS, can_clear=False,
        ),
        TableColumn("staff_category", "人员类别", "code", ("身份性质", "人员身份"), source="staff_category"),
        TableColumn("unit", "单位全称", "unit", ("单位", "单位名称", "工作单位", "所在单位"), can_clear=False),
        TableColumn("citizen_id", "身份证号码", "citizen_id", ("身份证号", "身份证", "公民身份号码"), is_text=True),
        TableColumn("post", "职务（职级）", "text", ("职务", "职级", "职务职级"), longest=120),
        TableColumn("org_area", "组织区域", "code", ("区域",), source="org_area"),
        TableColumn("sex", "性别", "word", words=SEX_WORDS, can_clear=False),
        TableColumn("birth_date", "出生日期", "date", ("出生年月", "出生年月日", "出生时间"), is_text=True),
        TableColumn("ethnicity", "民族", "code", source="ethnicity"),
        TableColumn("native_place", "籍贯", "text", longest=60),
        TableColumn("political_status", "政治面貌", "code", ("政治面目", "党派"), source="political_status"),
        TableColumn("joined_party_on", "入党时间", "date", ("入党日期", "入党年月"), is_text=True),
        TableColumn("education", "文化程度", "code", ("学历",), source="education"),
        TableColumn("professional_title", "职称", "text", ("专业技术职称",), longest=60),
        TableColumn("starts_on", "从事老干部工作时间", "day", ("到岗时间", "任职时间", "从事老干部工作自")),
        TableColumn("ends_on", "离岗时间", "day", ("离任时间",)),
        TableColumn("note", "备注", "text", longest=200),
        REASONS,
    ),
    ("name", "unit", "category"),
    {
        "serial": "1", "name": "张三可", "mobile": "13800000000", "office_phone": "0700-8880000", "category": "专职",
        "staff_category": "公务员", "unit": "三沙市", "post": "科长", "sex": "男", "birth_date": "1985-05",
        "ethnicity": "汉族", "political_status": "共产党员", "joined_party_on": "2008-07", "education": "大学本科",
        "starts_on": "2020-03-01",
    },
    (
        "姓名、单位全称、专职/兼职三栏必填；其余知道多少填多少。",
        "空着的格子不改系统里的内容；要删去请填“清空”。",
        "同一单位有同名的人，请填身份证号码。号码只用来认人，不保存明文。",
        "表里没有的人不会被删去；离开的人请填离岗时间（离岗的那一天）。",
    ),
)  # fmt: skip

LEADERS = Table(
    RegisterKind.LEADERS,
    "在职领导名册",
    (
        SERIAL,
        TableColumn("order_no", "排序号", "number", ("名次", "排序"), can_clear=False),
        TableColumn("name", "姓名", "name", can_clear=False),
        TableColumn("title", "职务全称", "text", ("职务", "现任职务"), longest=120, can_clear=False),
        TableColumn("unit", "单位全称", "unit", ("单位", "单位名称", "所在单位"), can_clear=False),
        TableColumn("office_phone", "办公电话", "phone_text", ("电话", "座机"), longest=40, is_text=True),
        TableColumn("starts_on", "任职时间", "day", ("任职自", "任职日期")),
        TableColumn("ends_on", "离任时间", "day", ("离任日期",)),
        TableColumn("note", "备注", "text", longest=200),
        REASONS,
    ),
    ("name", "title", "unit"),
    {
        "serial": "1", "order_no": "10", "name": "张三可", "title": "市委常委、组织部部长", "unit": "三沙市",
        "office_phone": "0700-8880000", "starts_on": "2023-01-01",
    },
    (
        "姓名、职务全称、单位全称三栏必填；排序号小的排在前面。",
        "同一位领导换了职务：先写原职务一行并填离任时间，再写新职务一行。",
        "空着的格子不改系统里的内容；要删去请填“清空”。表里没有的人不会被删去。",
    ),
)  # fmt: skip
TABLES = {table.kind: table for table in (WORKERS, LEADERS)}


def meaning(table: Table):
    """heading → key of the table, compared without width, spaces and marks."""
    known = table.synonyms

    def means(text: str) -> str:
        return known.get(fold_heading(text), "") if text else ""

    return means
