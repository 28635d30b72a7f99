"""The photo of a plan: put on, taken off, served to whoever may see the person."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path

from apps.common import attachments
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.photos import HELP, IMAGES, read_photo
from apps.ledgers.models import ServicePlan
from apps.ledgers.services import plans as services

from .need_acts import plan_url

PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


class PhotoForm(PortalForm):
    photo = forms.FileField(label="照片", required=False, help_text=HELP, widget=forms.FileInput({"accept": IMAGES}))


class PlanPhotos:
    """Mixed into the admin of plans."""

    def photo_urls(self):
        return [
            path("<path:object_id>/photo/", self.staff_view(self.photo_view), name="ledgers_serviceplan_photo"),
            path("<path:object_id>/picture/", self.staff_view(self.picture_view), name="ledgers_serviceplan_picture"),
        ]

    def photo_view(self, request, object_id):
        plan = self.changeable_object(request, object_id)
        if plan.voided_at or plan.closed_on:
            raise PermissionDenied
        form = PhotoForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                words = self.keep(request, plan, form.cleaned_data["photo"])
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, words)
                return HttpResponseRedirect(plan_url(plan.cadre_id, plan.year))
        context = {
            "title": f"照片：{plan.cadre.person.name}",
            "original": plan,
            "form": form,
            "media": form.media,
            "lead": "近期免冠照片，打印在台账右上角。要先得到本人同意。",
            "back": plan_url(plan.cadre_id, plan.year),
            "buttons": [("save", "保存照片"), *([("remove", "不要照片了")] if plan.photo_id else [])],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def keep(self, request, plan: ServicePlan, file) -> str:
        if "remove" in request.POST:
            services.set_photo(plan, None, actor=request.user)
            return "已去掉照片。"
        if file is None:
            raise BusinessError("请选一张照片。", code="photo", field="photo")
        services.set_photo(plan, read_photo(file).data, actor=request.user)
        return "已保存照片。"

    def picture_view(self, request, object_id):
        """The picture itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        plan = self.get_object(request, unquote(object_id))
        if plan.photo_id is None:
            raise Http404
        return HttpResponse(attachments.read(plan.photo), content_type="image/jpeg", headers=PRIVATE)
