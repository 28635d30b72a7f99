"""From when on looking and taking out is told to others or asked again. Pure."""

from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind


@rule_kind(
    "accounts.outflow",
    "查看完整号码和导出名单的界限",
    labels={
        "reveals_a_day": "一天查看完整号码等超过多少次，就报告科长和安全管理员",
        "export_password_from": "一次导出多少人起，要再输一次密码",
    },
    source="规则手册 6.2；《个人信息保护法》第五十一条（采取权限和安全措施）；数字由本局定，请填本局文号",
)
@dataclass(frozen=True)
class OutflowRules(RuleValues):
    """Counts of acts and of people; each from that number on (exports) or beyond it (looks) (rule book 6.2)."""

    reveals_a_day: int = 100
    export_password_from: int = 200
