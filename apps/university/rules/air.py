"""空中课堂: how large its files may be, and to which addresses outside it may lead."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.organisation.rules import RuleValues, rule_kind

HOST = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


@rule_kind(
    "lessons",
    "空中课堂",
    labels={
        "video_mb": "一个视频最多多少 MB",
        "slow_mb": "慢速版最多多少 MB",
        "audio_mb": "一个音频最多多少 MB",
        "handout_mb": "一份讲义最多多少 MB",
        "outside_hosts": "可以链接的外面的网站（域名，含它的子域名）",
    },
    source="规则手册 9.60、9.61；议题 6（自存文件或核准的网址）",
)
@dataclass(frozen=True)
class LessonRules(RuleValues):
    """See rule book 9.60, 9.61. Raises ValueError with a sentence for sizes out of reach and names that are no host."""

    video_mb: int = 1024
    slow_mb: int = 200
    audio_mb: int = 200
    handout_mb: int = 30
    outside_hosts: tuple[str, ...] = ()

    def __post_init__(self):
        if not all(1 <= size <= 4096 for size in (self.video_mb, self.slow_mb, self.audio_mb, self.handout_mb)):
            raise ValueError("文件大小填 1 到 4096 MB。")
        if wrong := [host for host in self.outside_hosts if not HOST.match(host)]:
            raise ValueError(f"“{wrong[0]}”不是网站的域名。只写域名，例如 lndx.edu.cn，不带 http 和斜杠。")


def check_outside(address: str, rules: LessonRules) -> str:
    """The address as it is kept. Raises ValueError with a sentence unless it is https, on one of the hosts or below it,
    without a user name, a port or spaces. See rule book 9.61."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ValueError("网址不对，请从浏览器的地址栏里复制。") from None
    if parts.scheme != "https" or not host or re.search(r"[\s\\\x00-\x1f]", text):
        raise ValueError("网址要以 https:// 开头，请从浏览器的地址栏里复制。")
    if parts.username is not None or parts.password is not None or port is not None:
        raise ValueError("网址里不能有用户名、密码和端口。")
    if not any(host == one or host.endswith(f".{one}") for one in rules.outside_hosts):
        allowed = "、".join(rules.outside_hosts) or "（还没有）"
        raise ValueError(f"这个网站还没有核准。已核准的：{allowed}。要加别的，请在“规则和文号”的“空中课堂”里登记。")
    return text


def minutes_words(seconds: int | None) -> str:
    """约12分钟; empty where nobody knows."""
    if seconds is None:
        return ""
    return "不到1分钟" if seconds < 60 else f"约{round(seconds / 60)}分钟"


def size_words(size: int) -> str:
    """ "320 KB" below a megabyte, "12 MB" above."""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.0f} MB"
