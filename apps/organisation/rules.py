"""Rule kinds: each app declares a frozen dataclass of defaults; rows of RuleSet override it (design 3)."""

import dataclasses
import datetime
import types
import typing
from collections.abc import Callable
from decimal import Decimal, InvalidOperation


@dataclasses.dataclass(frozen=True)
class RuleValues:
    """Base of every rule kind's dataclass; `rule_kind` gives it the key."""

    rule_key: typing.ClassVar[str]


Values = typing.TypeVar("Values", bound=RuleValues)


@dataclasses.dataclass(frozen=True)
class RuleKind:
    key: str
    label: str
    defaults: typing.Any
    labels: dict[str, str]
    source: str


_kinds: dict[str, RuleKind] = {}


def rule_kind(key: str, label: str, *, labels: dict[str, str], source: str) -> Callable[[type[Values]], type[Values]]:
    """Class decorator: declare a frozen dataclass, all fields with defaults, as the values of rule sets `key`.

    `labels` names every field in Chinese; `source` is the 文号 or the section of the domain notes.
    """

    def declare(cls: type[Values]) -> type[Values]:
        missing = {field.name for field in dataclasses.fields(cls)} - labels.keys()
        if missing:
            raise TypeError(f"rule kind {key}: no label for {sorted(missing)}")
        _kinds[key] = RuleKind(key, label, cls(), labels, source)
        cls.rule_key = key
        return cls

    return declare


def kinds() -> dict[str, RuleKind]:
    return dict(_kinds)


def build(key: str, values: dict):
    """Dataclass of kind `key` with `values` over its defaults; raises ValueError with a sentence for each wrong one."""
    kind = _kinds[key]
    hints = typing.get_type_hints(type(kind.defaults))
    unknown = values.keys() - {field.name for field in dataclasses.fields(kind.defaults)}
    if unknown:
        raise ValueError(f"不认识的项目：{'、'.join(sorted(unknown))}")
    return dataclasses.replace(
        kind.defaults,
        **{name: _convert(kind.labels[name], hints[name], value) for name, value in values.items()},
    )


def _convert(label: str, hint, value):
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        return None if value is None else _convert(label, inner, value)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"“{label}”应是一组值。")
        return tuple(_convert(label, typing.get_args(hint)[0], item) for item in value)
    try:
        return _CONVERTERS.get(hint, hint)(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise ValueError(f"“{label}”的值“{value}”不对。") from error


def _flag(value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _whole(value) -> int:
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError(value)
    return int(value)


_CONVERTERS = {
    bool: _flag,
    int: _whole,
    Decimal: lambda value: Decimal(str(value)),
    datetime.date: datetime.date.fromisoformat,
}
