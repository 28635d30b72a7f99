"""Certificates of service given out by staff: to one volunteer, to a whole team."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.volunteers.forms.certificates import NewCertificateForm, TeamCertificatesForm
from apps.volunteers.models import Team, Volunteer
from apps.volunteers.services import certificates as acts

from .person_search import by_person

NOBODY = "没有找到这位志愿者。请核对姓名，或者填手机号。"
SEVERAL = "同名的不止一位，请填手机号或者身份证后四位。"


class CertificatePages:
    """Mixed into ServiceCertificateAdmin."""

    def list_tools(self, request):
        if not self.has_work_permission(request):
            return []
        return [
            {"label": "给一位开", "url": self.plain_url("new"), "main": True},
            {"label": "给一支队开", "url": self.plain_url("team")},
            {"label": "打印还没打的", "url": self.plain_url("print_new")},
        ]

    def new_view(self, request):
        """Asked for on behalf of a volunteer who came or rang; issued in the next step."""
        form = NewCertificateForm(posted(request))
        return self.given(request, form, "给一位志愿者开证明", "登记申请", self.apply_for)

    def apply_for(self, request, form) -> str:
        values = form.cleaned_data
        volunteer = self.volunteer_named(request, values["who"])
        reach = set(request.user.reach(self.right("change")))
        made = acts.apply(
            volunteer, first=values["first"], until=form.until(), purpose=values["purpose"], **self.by(request)
        )  # fmt: skip
        mine = [row for row in made if row.unit_id in reach]
        if len(made) == 1 and mine:
            return self.url_of("change", made[0])
        messages.info(request, f"他在 {len(made)} 个单位的队里服务过，各由本单位出具。")
        return self.plain_url("changelist")

    def volunteer_named(self, request, who: str) -> Volunteer:
        rows = by_person(Volunteer.objects.visible_to(request.user).current(), who, "person")
        found = list(rows.select_related("person").order_by("pk")[:2])
        if len(found) != 1:
            raise BusinessError(SEVERAL if found else NOBODY, code="who", field="who")
        return found[0]

    def team_view(self, request):
        """Everybody who served in a team within a time, in one act."""
        teams = Team.objects.visible_to(request.user, self.right("change")).current().order_by("name")
        form = TeamCertificatesForm(posted(request), teams=teams)
        return self.given(request, form, "给一支队开证明", "开具", self.issue_for)

    def issue_for(self, request, form) -> str:
        values = form.cleaned_data
        until = form.until() or timezone.localdate() + acts.DAY
        made, left = acts.issue_team(values["team"], values["first"], until, **self.by(request))
        if not made:
            raise BusinessError("这段时间里没有人有够开证明的、已确认的时长。", code="nothing")
        messages.success(request, f"开好了 {len(made)} 份，可以成批打印。")
        if left:
            messages.info(request, f"另有 {left} 位时长不够，或者没有新的时长。")
        return self.plain_url("changelist")

    def given(self, request, form, title: str, button: str, perform):
        if not self.has_work_permission(request):
            raise PermissionDenied
        if request.method == "POST" and form.is_valid():
            try:
                return HttpResponseRedirect(perform(request, form))
            except BusinessError as refusal:
                form.refuse(refusal)
        context = {
            "title": title, "form": form, "media": form.media, "button": button, "back": self.plain_url("changelist"),
            "sentence": "谁组织谁记录，谁记录谁证明；只算队长或工作人员确认过的服务，不收费。",
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)
