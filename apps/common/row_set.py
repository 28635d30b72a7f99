"""A set to insert from: what an app's `occasions` offer, so that a million people never become Python objects."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RowSet:
    """A SELECT with named columns and its positional parameters, fit to stand in parentheses of another statement."""

    sql: str
    params: list = field(default_factory=list)

    @classmethod
    def of(cls, queryset) -> "RowSet":
        """The set of a queryset made with `.values(…)`; columns are named as there."""
        sql, params = queryset.query.sql_with_params()
        return cls(sql, list(params))

    def __add__(self, other: "RowSet") -> "RowSet":
        return RowSet(f"{self.sql}\nUNION ALL\n{other.sql}", self.params + other.params)
