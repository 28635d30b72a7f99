"""The operator's batch file: its columns, and what the words of its result file mean."""

from dataclasses import dataclass

from apps.organisation.rules import RuleValues, rule_kind

FIELDS = ("序号", "手机号码", "短信内容", "短信签名", "发送时间")
DELIVERED, FAILED, UNKNOWN = "delivered", "failed", "unknown"


def plain(word: object) -> str:
    """As words of a file are compared: without spaces, letters small, a whole number without its point."""
    if isinstance(word, float) and word.is_integer():
        word = int(word)
    return "".join(str("" if word is None else word).split()).lower()


@rule_kind(
    "sms_file",
    "短信批量文件",
    labels={
        "columns": "交给运营商的栏目，按先后",
        "headings": "各栏目在文件里叫什么，和上面一一对应",
        "signature_in_text": "签名写进短信内容",
        "serial_names": "结果文件里“序号”的叫法",
        "phone_names": "结果文件里“手机号码”的叫法",
        "status_names": "结果文件里“状态”的叫法",
        "delivered_words": "表示送到的说法",
        "failed_words": "表示没有送到的说法",
    },
    source="规则手册 5.8；运营商集团短信批量模板；各地不同，按本地模板改",
)
@dataclass(frozen=True)
class SmsFileRules(RuleValues):
    """Columns out of 序号, 手机号码, 短信内容, 短信签名, 发送时间 under the operator's own headings; words of results
    are compared without spaces. A word that is in neither list is unknown and goes to a person."""

    columns: tuple[str, ...] = FIELDS
    headings: tuple[str, ...] = FIELDS
    signature_in_text: bool = True
    serial_names: tuple[str, ...] = ("序号", "流水号", "编号", "外部编号", "扩展号")
    phone_names: tuple[str, ...] = ("手机号码", "手机号", "号码", "接收号码", "被叫号码", "目标号码", "手机")
    status_names: tuple[str, ...] = ("状态", "发送状态", "状态报告", "发送结果", "结果", "回执状态", "回执")
    delivered_words: tuple[str, ...] = (
        "成功", "发送成功", "已送达", "送达", "接收成功", "已接收", "DELIVRD", "0", "delivered", "success",
    )  # fmt: skip
    failed_words: tuple[str, ...] = (
        "失败", "发送失败", "未送达", "空号", "停机", "关机", "黑名单", "拒收", "UNDELIV", "EXPIRED", "REJECTD",
        "MBBLACK", "failed",
    )  # fmt: skip

    def __post_init__(self):
        if unknown := [name for name in self.columns if name not in FIELDS]:
            raise ValueError(f"栏目“{unknown[0]}”不认识，可用的是：{'、'.join(FIELDS)}。")
        if "手机号码" not in self.columns or "短信内容" not in self.columns:
            raise ValueError("栏目里至少要有“手机号码”和“短信内容”。")
        if len(self.columns) != len(self.headings) or len(set(self.headings)) != len(self.headings):
            raise ValueError("栏目的叫法要和栏目一一对应，不能重名。")
        if both := {plain(word) for word in self.delivered_words} & {plain(word) for word in self.failed_words}:
            raise ValueError(f"“{sorted(both)[0]}”不能既表示送到又表示没有送到。")


def outcome_of_word(word: object, rules: SmsFileRules) -> str:
    """`delivered`, `failed` or `unknown` for one cell of the status column (rule book 5.8)."""
    text = plain(word)
    if text in {plain(item) for item in rules.delivered_words}:
        return DELIVERED
    if text in {plain(item) for item in rules.failed_words}:
        return FAILED
    return UNKNOWN
