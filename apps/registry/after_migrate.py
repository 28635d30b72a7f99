"""What stands in the database beside the schema: headings of rosters, and the statistics column of each rank."""

from .models import RosterColumn
from .ranking import load_rank_columns
from .roster.columns import COLUMNS


def load_roster_columns() -> int:
    """Bring the table up to the shipped columns, twice or at once the same; words that a bureau added stay."""
    values = [
        RosterColumn(key=column.key, label=column.label, aliases=list(column.aliases), position=position)
        for position, column in enumerate(COLUMNS)
    ]
    RosterColumn.objects.bulk_create(
        values, update_conflicts=True, unique_fields=["key"], update_fields=["label", "position"]
    )
    return len(values)


def after_migrate(sender, **kwargs) -> None:
    load_roster_columns()
    load_rank_columns()
