"""Pages of the lists of deceased: hand in, wait, see what fitted, take the rest away."""

import io

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.accounts.access import holders_within, unit_ids_for
from apps.common import attachments, audit
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.fields import PartialDateField
from apps.common.forms import PortalForm
from apps.common.partial_date import PartialDate
from apps.registry.choices import DeceasedListState
from apps.registry.models import Cadre, DeceasedList, LifeEvent
from apps.registry.reporting.deceased import HANDED_BACK, WORDS, XLSX, Fate
from apps.registry.services.deceased import receive_list

ADD, VIEW = "registry.add_deceasedlist", "registry.view_deceasedlist"
TONES = {Fate.NEW: "soon", Fate.BAD: "late", Fate.DIFFERENT: "late", Fate.AMBIGUOUS: "late"}
MOST_SHOWN = 200


class DeceasedListForm(PortalForm):
    """A file and the month it speaks of."""

    submit_label = "上传并比对"
    file = forms.FileField(
        label="名单文件",
        help_text=".xlsx、.xls 或 .csv，不超过 10 MB。要有“姓名”和“身份证号”两栏；没有身份证号的要有“出生日期”。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择名单文件。", "empty": "文件是空的，请重新选择文件。"},
    )
    listed_on = PartialDateField().formfield(
        label="名单是哪年哪月的",
        required=True,
        help_text="例如 2026-10。没有写死亡日期的按这个月报",
    )

    def clean_listed_on(self):
        value = PartialDateField().to_python(self.cleaned_data["listed_on"])
        if value is None or value.month is None:
            raise ValidationError("请写到月，例如 2026-10。")
        return value


@admin.register(DeceasedList)
class DeceasedListAdmin(RecordAdmin):
    add_label = "上传名单"
    empty_words = "把社保等部门给的死亡人员名单传上来，系统与名册比对；对上的先列为“待核实”，核实以后才算离世。"
    list_display = ("title", "listed", "state", "figures", "uploaded_by", "created_at")
    list_display_links = ("title",)
    select_related_in_list = ("uploaded_by",)
    ordering = ("-pk",)

    def rows_for(self, user, permission):
        """His own, and those of colleagues whose right lies within his."""
        mine = unit_ids_for(user, permission)
        if not mine:
            return DeceasedList.objects.none()
        uploaders = DeceasedList.objects.order_by().values("uploaded_by")
        return DeceasedList.objects.filter(
            uploaded_by__in=[user.pk, *holders_within(mine, permission, among=uploaders)]
        )

    def may_change(self, request, obj):
        return False

    @admin.display(description="名单")
    def title(self, listed) -> str:
        return f"第 {listed.pk} 份"

    @admin.display(description="名单年月")
    def listed(self, listed) -> str:
        return listed.listed_on.display()

    @admin.display(description="结果")
    def figures(self, listed) -> str:
        if listed.state != DeceasedListState.DONE:
            return "—"
        return f"共 {listed.counts['rows']:,} 行，新报告 {listed.counts.get(Fate.NEW, 0)}"

    def get_urls(self):
        view = self.staff_view(self.unmatched_view)
        return [path("<int:pk>/unmatched/", view, name="registry_deceasedlist_unmatched"), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        today = timezone.localdate()
        form = DeceasedListForm(
            request.POST or None, request.FILES or None, initial={"listed_on": PartialDate(today.year, today.month)}
        )
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                listed, is_new = receive_list(
                    file.read(), file.name, form.cleaned_data["listed_on"], actor=request.user, request=request
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                if not is_new:
                    messages.info(request, "这个文件以前比对过，下面是那一次的结果，没有重复登记。")
                return HttpResponseRedirect(self.url_of("change", listed))
        context = {"title": "上传离世人员名单", "form": form, "back": self.list_url()}
        status = 422 if form.errors else 200
        return self.page(request, "admin/registry/deceased_upload.html", context, status=status)

    def list_url(self) -> str:
        return reverse(f"{self.admin_site.name}:registry_deceasedlist_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        listed = self.get_object(request, object_id)
        job = listed.job
        context = {
            "title": f"离世人员名单：第 {listed.pk} 份",
            "listed": listed,
            "job": job,
            "failed": job is not None and job.state == job.State.FAILED,
            "is_waiting": listed.state == DeceasedListState.WAITING,
            "is_refused": listed.state == DeceasedListState.REFUSED,
            "back": self.list_url(),
            "again": reverse(f"{self.admin_site.name}:registry_deceasedlist_add"),
        }
        if listed.state == DeceasedListState.DONE:
            context |= self.result(request, listed)
        return self.page(request, "admin/registry/deceased_list.html", context)

    def result(self, request, listed: DeceasedList) -> dict:
        counts = listed.counts
        figures = [{"label": "名单共", "value": f"{counts['rows']:,}"}]
        figures += [
            {"label": WORDS[fate], "value": f"{counts[fate]:,}", "tone": TONES.get(fate, "")}
            for fate in Fate
            if counts.get(fate)
        ]
        people = Cadre.objects.visible_to(request.user).values("pk")
        events = LifeEvent.objects.filter(pk__in=counts.get("events", []), person__in=people)
        events = list(events.select_related("person").order_by("pk")[:MOST_SHOWN])
        left = sum(counts.get(fate, 0) for fate in HANDED_BACK)
        if events:
            audit.record(
                "open", actor=request.user, people=[event.person_id for event in events], fields=["deceasedlist"],
                target=self._target(listed), request=request,
            )  # fmt: skip
        return {
            "figures": figures,
            "events": [
                {
                    "name": event.person.name,
                    "when": event.happened_on.display(),
                    "state": event.get_state_display(),
                    "tone": "soon" if event.state == "reported" else "done" if event.state == "confirmed" else "",
                    "url": reverse(f"{self.admin_site.name}:registry_lifeevent_change", args=[event.pk]),
                }
                for event in events
            ],
            "left": left,
            "unmatched_url": self.url_of("unmatched", listed) if listed.unmatched_id else "",
            "purged": bool(listed.unmatched_id and listed.unmatched.purged_at),
        }

    def unmatched_view(self, request, pk: int):
        """The rows that fitted nobody, as a workbook; who took it is logged before it leaves."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        listed = self.get_object(request, str(pk))
        if listed.unmatched is None:
            raise Http404
        try:
            data = attachments.read(listed.unmatched)
        except FileNotFoundError as gone:
            raise Http404(str(gone)) from gone
        audit.record("deceased.download", actor=request.user, request=request, target=self._target(listed))
        return FileResponse(io.BytesIO(data), as_attachment=True, filename=listed.unmatched.filename, content_type=XLSX)

    def history_view(self, request, object_id, extra_context=None):
        return HttpResponseRedirect(self.url_of("change", self.get_object(request, object_id)))
