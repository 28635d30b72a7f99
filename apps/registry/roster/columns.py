"""The columns a roster may have: what each is called, how its cells are read, where its value goes.

The synonyms here are what the portal ships; the table `RosterColumn` holds them for the bureau to add its own.
Headings are compared in a folded form (`fold_heading`), so width, spaces, line breaks and brackets do not matter.
"""

import re
import unicodedata
from dataclasses import dataclass

PERSON, CADRE, PHONE, EXTRA, NOWHERE = "person", "cadre", "phone", "extra", ""


@dataclass(frozen=True, slots=True)
class Column:
    """`reads` names the reader of `readers.py`; `field` is the attribute of `table` that keeps the value.

    `mask` says how a value is shown to people: id, phone, bank, address, or as it is (empty).
    """

    key: str
    label: str
    aliases: str
    reads: str
    table: str = NOWHERE
    field: str = ""
    source: str = ""
    longest: int = 0
    mask: str = ""
    can_clear: bool = True


COLUMNS = (
    Column("serial", "序号", "编号 行号 NO", "ignored"),
    Column("reasons", "错误原因", "", "ignored"),
    Column("name", "姓名", "老同志姓名 名字 干部姓名 离退休干部姓名 人员姓名 老干部姓名", "name", PERSON, "name",
           can_clear=False),
    Column("former_name", "曾用名", "原名 别名", "text", PERSON, "former_name", longest=60),
    Column("citizen_id", "身份证号码", "身份证号 身份证 公民身份号码 公民身份证号码 居民身份证号码 居民身份证号 证件号码 证件号 身份号码",
           "citizen_id", PERSON, "citizen_id", mask="id", can_clear=False),
    Column("sex", "性别", "", "code", PERSON, "sex", "sex", can_clear=False),
    Column("birth_date", "出生日期", "出生年月 出生年月日 出生时间 出生日期（档案） 出生日期（档案认定）", "date", PERSON, "birth_date",
           can_clear=False),
    Column("birthday_calendar", "阳历/农历", "农历/阳历 公历/农历 农历/公历 阳历农历 阴历/阳历 阳历/阴历 生日历法 过生日历法 过生日按 历法 生日类型",
           "calendar", PERSON, "birthday_calendar"),
    Column("birthday", "生日", "过生日 过生日日期 生日（个人意愿） 生日日期", "birthday", PERSON, "birthday"),
    Column("ethnicity", "民族", "", "code", PERSON, "ethnicity", "ethnicity"),
    Column("native_place", "籍贯", "", "text", PERSON, "native_place", longest=60),
    Column("political_status", "政治面貌", "政治面目 党派", "code", PERSON, "political_status", "political_status"),
    Column("joined_party_on", "入党时间", "入党日期 入党年月 参加党派时间", "date", CADRE, "joined_party_on"),
    Column("full_member_on", "转正时间", "转正日期 转为正式党员时间", "date", CADRE, "full_member_on"),
    Column("education", "文化程度", "学历", "code", CADRE, "education", "education"),
    Column("professional_title", "职称", "专业技术职称 专业技术职务", "text", CADRE, "professional_title", longest=60),
    Column("mobile", "手机号码", "手机 手机号 移动电话 联系电话 电话 电话号码 联系方式 联系手机 本人电话 本人手机", "phones", PHONE, "mobile",
           mask="phone"),
    Column("landline", "固定电话", "座机 住宅电话 家庭电话 宅电 座机号码", "phones", PHONE, "landline", mask="phone"),
    Column("staff_category", "人员类别", "身份性质 人员身份 人员性质", "code", CADRE, "staff_category", "staff_category"),
    Column("unit", "单位全称", "单位 单位名称 工作单位 原工作单位 管理单位 现管单位 所在单位 原单位", "unit", CADRE, "managing_unit_id",
           can_clear=False),
    Column("post", "职务（职级）", "职务 职级 职务职级 职务/职级 职务级别 原职务 原职务（职级） 离退休前职务", "text", CADRE, "former_post",
           longest=200),
    Column("org_area", "组织区域", "区域", "code", CADRE, "org_area", "org_area"),
    Column("retire_type", "离退休类型", "离退休 离/退休 离（退）休 离退类别 离退休类别 离退 离/退 离退休性质 离休/退休", "code", CADRE, "retire_type",
           "retire_type", can_clear=False),
    Column("retired_on", "离退休时间", "退休时间 离休时间 退休日期 离休日期 离退休日期 退休年月 离退休年月", "date", CADRE, "retired_on"),
    Column("work_start", "参加工作时间", "参加革命工作时间 参加革命时间 工作时间 参工时间 参加工作日期 参加工作年月", "date", CADRE, "work_start"),
    Column("living", "居住方式", "居住状态 居住情况 居住类型", "code", CADRE, "living", "living"),
    Column("residence", "现居住地", "现居住地址 现住址 家庭住址 住址 家庭地址 居住地址 详细住址 常住地址", "text", PERSON, "residence",
           longest=200, mask="address"),
    Column("registered_address", "户籍地址", "户籍地 户籍所在地 户口所在地", "text", PERSON, "registered_address",
           longest=200, mask="address"),
    Column("marital", "婚姻状况", "婚姻", "code", CADRE, "marital", "marital"),
    Column("order_no", "排序号", "名次", "number", CADRE, "order_no"),
    Column("bank_account", "银行账号", "银行卡号 银行卡 账号 工资卡号 养老金账号", "bank", CADRE, "bank_account", mask="bank"),
    Column("interests", "兴趣爱好", "爱好 特长爱好", "text", CADRE, "interests", longest=200),
    Column("note", "备注", "说明备注", "text", CADRE, "note", longest=500),
    Column("carer", "责任人", "联系责任人 包联责任人 责任干部 帮扶责任人 结对干部", "text", EXTRA, "carer", longest=60),
    Column("branch", "支部", "所在支部 党支部 所属支部 所在党支部 支部名称 党组织 所在党组织", "text", EXTRA, "branch", longest=100),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
REQUIRED = ("name", "citizen_id")
CLEAR = "清空"

CALENDAR_WORDS = {
    "阳历": "solar", "公历": "solar", "新历": "solar", "阳": "solar",
    "农历": "lunar", "阴历": "lunar", "旧历": "lunar", "农": "lunar", "阴": "lunar",
}  # fmt: skip

_BRACKETS = re.compile(r"[\(\[【〔].*?[\)\]】〕]")
_NOISE = re.compile(r"[\s*:：。、_\u200b\ufeff]+")


def fold_heading(text: object) -> str:
    """Heading as compared: plain width, capital letters, no spaces or marks; brackets kept."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).upper()


def without_brackets(folded: str) -> str:
    """The same without what stands in brackets: 出生日期(档案认定) is 出生日期."""
    return _BRACKETS.sub("", folded)


def shipped_synonyms() -> dict[str, str]:
    """Folded heading → column key, as shipped."""
    return synonyms((column.key, (column.label, *column.aliases.split())) for column in COLUMNS)


def synonyms(rows) -> dict[str, str]:
    """Folded heading → column key, of (key, names) pairs; the first to claim a name has it."""
    found: dict[str, str] = {}
    for key, names in rows:
        for name in names:
            if folded := fold_heading(name):
                found.setdefault(folded, key)
    return found
