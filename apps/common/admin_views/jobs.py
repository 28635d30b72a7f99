"""The download centre: everybody's own long work, how far it is, and the file it made."""

import datetime
from urllib.parse import quote

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from apps.common import attachments, audit
from apps.common.admin_base import RecordAdmin
from apps.common.models import Job

DOWNLOADS = 3
DOWNLOAD_FOR = datetime.timedelta(hours=24)
SEE_ALL = "common.view_every_job"


@admin.register(Job)
class JobAdmin(RecordAdmin):
    """A user sees what he asked for; the system administrator sees all rows and no files."""

    list_display = ("title", "state", "percent_words", "created_at", "file_words")
    list_filter = ("state",)
    ordering = ("-pk",)
    sortable_by = ()
    select_related_in_list = ("output",)

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return Job.objects.none()
        return Job.objects.all() if user.has_perm(SEE_ALL) else Job.objects.filter(requested_by_id=user.pk)

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    @admin.display(description="进度")
    def percent_words(self, job):
        return f"{job.percent}%" if job.state == Job.State.RUNNING else ""

    @admin.display(description="结果文件")
    def file_words(self, job):
        if not job.output_id:
            return ""
        left = downloads_left(job)
        return f"还可下载 {left} 次" if left else "已过期"

    def get_urls(self):
        view = self.staff_view(self.download_view)
        return [path("<path:object_id>/download/", view, name="common_job_download"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        job = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        mine = job.requested_by_id == request.user.pk
        context = {
            "title": job.title,
            "original": job,
            "job": job,
            "is_open": job.state in (Job.State.QUEUED, Job.State.RUNNING),
            "downloads_left": downloads_left(job) if mine else 0,
            "expires_at": job.finished_at + DOWNLOAD_FOR if job.finished_at else None,
            "download_url": self.url_of("download", job),
        }
        return self.page(request, "admin/common/job.html", context)

    def download_view(self, request, object_id):
        """Hand the file to who asked for it: counted, logged before the first byte, at most three times in a day."""
        job = self.get_object(request, unquote(object_id))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("change", job))
        if job.requested_by_id != request.user.pk or job.output is None:
            raise PermissionDenied
        with transaction.atomic(durable=True):
            counted = Job.objects.filter(
                pk=job.pk, download_count__lt=DOWNLOADS, finished_at__gt=Now() - DOWNLOAD_FOR
            ).update(download_count=F("download_count") + 1)
            if counted:
                audit.record("download", actor=request.user, target=f"common.job:{job.pk}", request=request)
        try:
            data = attachments.read(job.output) if counted else None
        except FileNotFoundError:
            data = None
        if data is None:
            messages.error(request, "这个文件已经过期（24 小时内最多下载 3 次），需要时请重新导出。")
            return HttpResponseRedirect(self.url_of("change", job))
        response = HttpResponse(data, content_type=job.output.content_type)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(job.output.filename)}"
        response["Cache-Control"] = "no-store"
        return response


def downloads_left(job: Job) -> int:
    """How often the file may still be fetched."""
    if not job.output_id or job.output.purged_at or not job.finished_at:
        return 0
    if job.finished_at + DOWNLOAD_FOR <= datetime.datetime.now(datetime.UTC):
        return 0
    return max(DOWNLOADS - job.download_count, 0)
