"""Long work: claimed once, resumed after a crash, fenced against a worker that slept past its lease."""

import datetime

import pytest
from django.utils import timezone

from apps.common import jobs
from apps.common.errors import BusinessError
from apps.common.models import Job

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.timedelta(hours=1)


@pytest.fixture
def kind(monkeypatch):
    """Declares the work of kind `test` for one test."""
    monkeypatch.setattr(jobs, "_kinds", {})

    def declare(work):
        jobs.job_kind("test")(work)
        return Job.objects.create(kind="test", title="试")

    return declare


def test_done_once_with_its_result(kind):
    calls = []
    job = kind(lambda job: calls.append(job.pk) or {"rows": 3})

    assert jobs.run_job(job.pk)
    assert not jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.lease_until, len(calls)) == (Job.State.DONE, {"rows": 3}, None, 1)


def test_refusal_is_shown_and_an_accident_only_apologised_for(kind):
    def refuse(job):
        raise BusinessError("文件里没有姓名列。")

    def break_down(job):
        raise ZeroDivisionError("secret 13800138000")

    refused, broken = kind(refuse), None
    jobs.run_job(refused.pk)
    broken = kind(break_down)
    jobs.run_job(broken.pk)
    refused.refresh_from_db()
    broken.refresh_from_db()

    assert (refused.state, refused.error) == (Job.State.FAILED, "文件里没有姓名列。")
    assert (broken.state, broken.error) == (Job.State.FAILED, jobs.FAILED_SENTENCE)


def test_running_job_is_left_alone_until_its_lease_expires(kind):
    job = kind(lambda job: {})
    Job.objects.update(state=Job.State.RUNNING, attempts=1, lease_until=timezone.now() + LONG_AGO)
    assert not jobs.run_job(job.pk)
    assert jobs.expired_jobs() == []

    Job.objects.update(lease_until=timezone.now() - LONG_AGO)
    assert jobs.expired_jobs() == [job.pk]
    assert jobs.run_job(job.pk)


def test_queued_job_that_nobody_was_told_of_is_found_after_a_minute(kind):
    job = kind(lambda job: {})
    assert jobs.expired_jobs() == []

    Job.objects.update(created_at=timezone.now() - LONG_AGO)
    assert jobs.expired_jobs() == [job.pk]


def test_fourth_attempt_gives_up_with_a_sentence(kind):
    job = kind(lambda job: {})
    Job.objects.update(state=Job.State.RUNNING, attempts=3, lease_until=timezone.now() - LONG_AGO)
    jobs.run_job(job.pk)
    job.refresh_from_db()

    assert (job.state, "三次" in job.error) == (Job.State.FAILED, True)


def test_worker_that_slept_past_its_lease_neither_reports_nor_finishes(kind):
    """Another attempt has the row: what the sleeper brings is dropped."""

    def sleeper(job):
        Job.objects.update(attempts=2, lease_until=timezone.now() + LONG_AGO)
        with pytest.raises(jobs.LeaseLost):
            jobs.report_progress(job, 5, 10)
        return {"by": "sleeper"}

    job = kind(sleeper)
    jobs.run_job(job.pk)
    job.refresh_from_db()

    assert (job.state, job.result, job.progress_done) == (Job.State.RUNNING, {}, 0)


def test_cancelled_job_stops_at_its_next_report(kind):
    def work(job):
        assert jobs.cancel_job(job)
        jobs.report_progress(job, 1, 2)
        raise AssertionError("went on")

    job = kind(work)
    assert jobs.run_job(job.pk)
    job.refresh_from_db()

    assert job.state == Job.State.CANCELLED
    assert not jobs.cancel_job(job)


def test_progress_renews_the_lease(kind):
    def work(job):
        Job.objects.update(lease_until=timezone.now())
        jobs.report_progress(job, 1, 4, "写" * 100)
        job.refresh_from_db()
        assert job.lease_until > timezone.now() + jobs.LEASE / 2
        assert (job.percent, len(job.progress_note)) == (25, 80)
        return {}

    assert jobs.run_job(kind(work).pk)
