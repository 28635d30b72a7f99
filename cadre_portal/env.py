"""Strict readers of the environment: a value is right, absent with a stated default, or a refusal to start."""

import json
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MISSING = object()


def env_str(name: str, default: object = MISSING) -> str:
    """Value of `name`, or of the file named by `name_FILE`; raises ImproperlyConfigured when absent without default."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name)
    if value is not None and value != "":
        return value
    if default is MISSING:
        raise ImproperlyConfigured(f"缺少环境变量 {name}（也可用 {name}_FILE 指向存放它的文件）。")
    return default  # type: ignore[return-value]


def env_choice(name: str, default: str, *choices: str) -> str:
    """One of `choices`, written exactly so."""
    value = env_str(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"环境变量 {name} 只能是 {'、'.join(choices)}，现在是“{value}”。")
    return value


def env_subset(name: str, default: str, choices: set[str]) -> str:
    """`required`, `optional`, or some of `choices` with commas between them; returned as written, blanks dropped."""
    value = "".join(env_str(name, default).split())
    if value not in {"required", "optional"} and not set(value.split(",")) <= choices:
        known = "、".join(sorted(choices))
        raise ImproperlyConfigured(
            f"环境变量 {name} 只能是 required、optional，或用逗号分隔的 {known}，现在是“{value}”。"
        )
    return value


def env_bool(name: str, default: bool) -> bool:
    """Exactly True or False, nothing else: a typo must not switch a safeguard off."""
    value = env_str(name, str(default))
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"环境变量 {name} 只能是 True 或 False，现在是“{value}”。")
    return value == "True"


def env_int(name: str, default: int) -> int:
    value = env_str(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"环境变量 {name} 应是整数，现在是“{value}”。") from error


def env_json(name: str, default: dict[str, str]) -> dict[str, str]:
    """A JSON object whose values are texts."""
    text = env_str(name, "")
    try:
        value = json.loads(text) if text else default
    except ValueError as error:
        raise ImproperlyConfigured(f"环境变量 {name} 应是一个 JSON 对象。") from error
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        raise ImproperlyConfigured(f"环境变量 {name} 应是一个 JSON 对象，值都是文字。")
    return value


def env_object(name: str, default: dict) -> dict:
    """A JSON object of any depth."""
    text = env_str(name, "")
    try:
        value = json.loads(text) if text else default
    except ValueError as error:
        raise ImproperlyConfigured(f"环境变量 {name} 应是一个 JSON 对象。") from error
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"环境变量 {name} 应是一个 JSON 对象。")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [part.strip() for part in env_str(name, default).split(",") if part.strip()]


def env_keys(name: str, default: object = MISSING) -> dict[int, bytes]:
    """Key ring written `1:<64 hex digits>,2:<64 hex digits>`; the highest version encrypts, all decrypt."""
    ring = {}
    for part in env_str(name, default).split(","):
        version, _, digits = part.strip().partition(":")
        try:
            key = bytes.fromhex(digits)
            ring[int(version)] = key
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} 的写法应是 1:<64位十六进制>，用逗号分隔多个版本。") from error
        if len(key) != 32 or not 0 < int(version) < 256:
            raise ImproperlyConfigured(f"{name} 的每个密钥应是 32 字节，版本号 1 到 255。")
    return ring
