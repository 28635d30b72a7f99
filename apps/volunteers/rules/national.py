"""Columns of the file for the national volunteer system (rule book 10.18). Values in, values out."""

from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind

# What a column may hold.
FIELDS = (
    "姓名", "证件类型", "证件号码", "志愿者编号", "项目名称", "服务类别", "志愿队", "服务日期", "服务开始时间",
    "服务结束时间", "服务时长（小时）", "服务时长（分钟）", "服务地点", "服务内容", "服务评价",
)  # fmt: skip


@rule_kind(
    "volunteer_export",
    "导出到全国志愿服务系统的列",
    labels={"columns": "各列：表头=内容，按次序"},
    source="规则手册 10.18；民政部令第67号第五条（记录的内容）；导入模板各地、各年不同，按当时下载的模板改",
)
@dataclass(frozen=True)
class NationalColumns(RuleValues):
    """Each 表头=内容; what is known of the system's sheet, which changes: a bureau puts down its own. Raises ValueError
    with a sentence for a content that there is not. See rule book 10.18."""

    columns: tuple[str, ...] = (
        "姓名=姓名", "证件类型=证件类型", "证件号码=证件号码", "项目/活动名称=项目名称", "服务开始时间=服务开始时间",
        "服务结束时间=服务结束时间", "服务时长(小时)=服务时长（小时）", "服务地点=服务地点", "服务内容=服务内容",
        "志愿队=志愿队",
    )  # fmt: skip

    def __post_init__(self):
        if not self.columns:
            raise ValueError("至少要有一列。")
        for column in self.columns:
            heading, _, content = column.partition("=")
            if not heading.strip() or content.strip() not in FIELDS:
                raise ValueError(f"“{column}”写得不对。请写成“表头=内容”，内容是：{'、'.join(FIELDS)}。")

    def pairs(self) -> list[tuple[str, str]]:
        """(heading, content) in order."""
        return [(head.strip(), content.strip()) for head, _, content in (one.partition("=") for one in self.columns)]


def hours(minutes: int) -> str:
    """150 → 2.5: two places at most, as the system takes them. See rule book 10.18."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
