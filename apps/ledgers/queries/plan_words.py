"""The placeholders of the Word template of a plan, and what fills them from a sheet."""

import re

from apps.ledgers.choices import Section

PICTURE = "照片"
# name → what stands there; the list that the template's page shows.
SINGLE = {
    "姓名": "老同志的姓名",
    "年度": "哪一年，例如 2026",
    "单位": "管理单位",
    "日期": "打印那天，例如 2026年3月10日",
    "编码": "纸质表的编码，收回时用",
    "版次": "第几版",
    "情况摘要": "",
    "愿望": "本人和家属的愿望",
    PICTURE: "没有照片的是空的",
}
FACTS = (
    "性别", "出生年月", "民族", "籍贯", "政治面貌", "离退休类型", "参加工作时间", "入党时间", "离退休时间", "职务职级",
    "领导职务层次", "现享受待遇", "管理单位", "所在支部", "婚姻状况", "居住方式", "子女数", "特殊困难", "服务需求",
    "兴趣爱好", "现住址", "联系电话", "联系人", "责任人", "待遇批准文号", "医疗待遇", "健康状况",
    "医院", "绿色通道卡号",
)  # fmt: skip
ROWS = "办法列表"
ROW_FIELDS = ("序号", "部分", "方面", "需求", "来源", "办法", "由谁做", "责任人", "期限", "情况", "结果", "满意度")
SECTION_ROWS = {str(label): key for key, label in Section.choices}
SECTION_FIELDS = ("名称", "内容")


def known_names() -> set[str]:
    """Every placeholder there is, of the first level."""
    return {*SINGLE, *FACTS, ROWS, *SECTION_ROWS}


def plain(label: str) -> str:
    """A label as a placeholder may be called: letters only."""
    return re.sub(r"\W", "", label)


def words_of(sheet: dict, *, code: str = "", number: int = 0) -> dict:
    """The values of all placeholders for one sheet, except the picture."""
    year, month, day = sheet["on"].split("-")
    values: dict = dict.fromkeys(known_names(), "")
    values |= {
        "姓名": sheet["name"], "年度": str(sheet["year"]), "单位": sheet["unit"], "编码": code,
        "日期": f"{year}年{int(month)}月{int(day)}日", "版次": f"第 {number} 版" if number else "",
        "情况摘要": sheet["summary"], "愿望": sheet["wishes"], ROWS: rows_of(sheet),
    }  # fmt: skip
    by_key = {section["key"]: section["lines"] for section in sheet["sections"]}
    for lines in by_key.values():
        values |= {plain(line["label"]): line["text"] for line in lines if plain(line["label"]) in FACTS}
    for label, key in SECTION_ROWS.items():
        values[label] = [{"名称": line["label"], "内容": line["text"]} for line in by_key.get(key, [])]
    return values


def rows_of(sheet: dict) -> list[dict]:
    """One row a measure, and one for each need that has none yet, in the order of the sections."""
    found = []
    for section in sheet["sections"]:
        for need in section["needs"]:
            for measure in need["measures"] or [None]:
                found.append(_row(section, need, measure))
    for place, row in enumerate(found, start=1):
        row["序号"] = str(place)
    return found


def _row(section: dict, need: dict, measure: dict | None) -> dict:
    closed = "，".join(filter(None, (need["outcome"], need["outcome_note"])))
    done = "，".join(filter(None, (measure["done_on"], measure["result"]))) if measure else ""
    return {
        "序号": "",
        "部分": f"{section['number']}、{section['title']}",
        "方面": need["category"],
        "需求": need["description"],
        "来源": f"{need['found_on']} {need['source']}",
        "办法": measure["what"] if measure else "",
        "由谁做": measure["provider"] if measure else "",
        "责任人": measure["owner"] if measure else "",
        "期限": measure["due_on"] if measure else "",
        "情况": measure["state"] if measure and not need["closed_on"] else need["state"],
        "结果": "；".join(filter(None, (done, closed))),
        "满意度": need["satisfaction"],
    }
