from celery import shared_task


@shared_task
def tick() -> None:
    """Wakes the planner and the senders."""
