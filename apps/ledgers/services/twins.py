"""Looking for duplicate people as a job: each night, and when somebody asks."""

from django.utils import timezone

from apps.common.jobs import job_kind
from apps.common.models import Job
from apps.ledgers.queries.twins import find_twins

FIND = "people.find_twins"


@job_kind(FIND)
def find(job: Job) -> dict:
    """One set-based statement; again it changes nothing."""
    return {"pairs": find_twins(timezone.localdate())}
