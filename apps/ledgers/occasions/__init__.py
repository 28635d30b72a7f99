from .duties import (
    COLUMNS,
    SUBJECT_PREFIX,
    duties_due_between,
    duty_ids,
)

__all__ = [
    "COLUMNS",
    "SUBJECT_PREFIX",
    "duties_due_between",
    "duty_ids",
]
