"""What staff do with a request: enter it, ask volunteers, take answers by telephone, enter what was done, confirm."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.admin_lists import PickOne
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.people.models import Phone
from apps.registry.models import Cadre, UnitSpan
from apps.volunteers.choices.requests import AskedAs, ProposalState
from apps.volunteers.forms.requests import (
    AnswerForm,
    AskForm,
    ConfirmForm,
    DoneForm,
    PickForm,
    ReasonForm,
    SuggestForm,
    WordsForm,
)
from apps.volunteers.forms.shifts import NothingForm
from apps.volunteers.help_notices import said_of
from apps.volunteers.models import Proposal, ServiceRecord, Team, Volunteer
from apps.volunteers.qr import qr_image
from apps.volunteers.queries.elders import unit_for
from apps.volunteers.queries.requests import proposals_of, records_of, shift_of, signed_of, unconfirmed
from apps.volunteers.queries.sign_codes import code_of
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services import helping, proposals
from apps.volunteers.services import requests as services
from apps.volunteers.services.care import confirm_care

from .elders import ElderPages, one_person, picked

MAY_ASK = (ProposalState.PROPOSED, ProposalState.LAPSED, ProposalState.DECLINED)
STILL_TEAM = {"closed_on__isnull": True, "voided_at__isnull": True}


def is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


class RequestActs(ElderPages):
    """Pages of acts, each one form; mixed into the admin of requests."""

    elder_act = "ask"
    elder_title = "给遗属、其他老人登记求助"

    def extra_pages(self):
        one = "<path:object_id>/"
        return [
            *self.elder_pages(), ("out", "out/", self.out_view), ("ask", "ask/", self.ask_view),
            ("pick", f"{one}pick/", self.pick_view), ("suggest", f"{one}suggest/", self.suggest_view),
            ("answer", f"{one}answer/", self.answer_view), ("done", f"{one}done/", self.done_view),
            ("confirm", f"{one}confirm/", self.confirm_view), ("unmet", f"{one}unmet/", self.unmet_view),
            ("notdone", f"{one}not-done/", self.not_done_view), ("cancel", f"{one}cancel/", self.cancel_view),
            ("words", f"{one}words/", self.words_view), ("slip", f"{one}slip/", self.slip_view),
        ]  # fmt: skip

    def require_view(self, request) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    # Entering one

    def ask_view(self, request):
        if not request.user.has_perm(self.right("add")):
            raise PermissionDenied
        form = AskForm(
            request.POST if request.method == "POST" else None, receiver=self._receiver_field(request),
            teams=self._teams(request), initial=self._asked_for(request),
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                row = self._ask(request, form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                found = row.proposals.count()
                words = f"已登记，找到 {found} 位合适的志愿者。" if found else "已登记，附近没有找到合适的志愿者。"
                messages.success(request, words)
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": "登记求助", "form": form, "media": form.media, "back": self.plain_url("changelist"),
            "lead": "本人、家属、社区打电话来提的，在这里登记。登记以后就列出附近合适的志愿者。",
            "buttons": [("save", "登记，找志愿者")], "list_url": self.plain_url("changelist"),
            "list_words": self.opts.verbose_name,
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def _ask(self, request, values):
        """Of the receiver's own managing unit, which the user works on: the field offers no others. Of who is no cadre
        by the unit that knows him."""
        receiver = values["receiver"]
        if isinstance(receiver, Cadre):
            person, unit = receiver.person, receiver.managing_unit
        else:
            person, unit = receiver, unit_for(receiver, set(request.user.reach(self.right("add"))))
        names = ("service", "on", "starts", "ends", "wanted", "efforts", "place", "details", "team", "spends")
        facts = services.RequestFacts(
            receiver=person, unit=unit, asked_as=values["asked_as"],
            **{name: values[name] for name in names},
        )  # fmt: skip
        return services.ask(facts, actor=request.user, now=timezone.now(), form_key=values["key"])

    def _receiver_field(self, request) -> forms.ModelChoiceField:
        if (person := picked(request)) is not None:
            return one_person(person, "谁需要帮忙")
        rows = Cadre.objects.current().visible_to(request.user).select_related("person", "managing_unit")
        rows = rows.filter(managing_unit__in=request.user.reach(self.right("add")))
        widget = PickOne(UnitSpan._meta.get_field("cadre"), self.admin_site)
        return forms.ModelChoiceField(rows, label="谁需要帮忙", widget=widget)

    def _teams(self, request):
        return Team.objects.visible_to(request.user, self.right("add")).filter(**STILL_TEAM)

    def _asked_for(self, request) -> dict:
        """What the page that sends here knows already (a need of the ledger)."""
        known = {name: request.GET[name] for name in ("receiver", "service", "on") if name in request.GET}
        return {"asked_as": AskedAs.SELF, "starts": 9 * 60, "ends": 11 * 60, **known}

    # Volunteers

    def pick_view(self, request, object_id):
        obj = self.actable(request, object_id)
        if request.method == "POST" and "more" in request.POST:
            found = proposals.propose(obj, timezone.now())
            messages.success(request, f"又找到 {len(found)} 位。" if found else "没有更多合适的了，可以点“另请一位”。")
            return HttpResponseRedirect(self.url_of("pick", obj))
        rows = [row for row in proposals_of(obj) if row.state in MAY_ASK]
        if not rows:
            return self.one_act(
                request, obj, NothingForm(request.POST or None), title="问志愿者", button="再找一遍", done="找过了。",
                lead=f"{said_of(obj)}。还没有合适的志愿者可以问：可以再找一遍，也可以返回点“另请一位”。",
                perform=lambda _: self._looked(obj),
            )  # fmt: skip
        fresh = [row.pk for row in rows if row.state == ProposalState.PROPOSED]
        form = PickForm(request.POST or None, proposals=rows, initial={"volunteers": fresh})
        return self.one_act(
            request, obj, form, title="问志愿者", button="问勾上的几位", done="已去问。",
            buttons=[("more", "再找几位")],
            lead=f"{said_of(obj)}。排在前面的只是这次更合适。发消息时不写姓名和地址，答应以后才告诉他。",
            perform=lambda values: self._pick(request, obj, rows, values["volunteers"]),
        )  # fmt: skip

    def _looked(self, obj) -> str:
        found = proposals.propose(obj, timezone.now())
        return f"找到 {len(found)} 位，请点“问志愿者”去问。" if found else "还是没有合适的，可以点“另请一位”。"

    def _pick(self, request, obj, rows, chosen) -> str:
        wanted = [row for row in rows if row.pk in chosen]
        asked = proposals.ask_volunteers(obj, wanted, actor=request.user, now=timezone.now())
        return f"已问 {len(asked)} 位，没有手机的列在电话单上。打电话问到了，请点“登记答复”。"

    def suggest_view(self, request, object_id):
        obj = self.actable(request, object_id)
        rows = Volunteer.objects.active().visible_to(request.user).select_related("person")
        widget = PickOne(Proposal._meta.get_field("volunteer"), self.admin_site)
        field = forms.ModelChoiceField(rows, label="哪位志愿者", widget=widget)
        form = SuggestForm(request.POST or None, volunteer=field)
        return self.one_act(
            request, obj, form, title="另请一位", button="列进来", lead=said_of(obj),
            done="已列进来，接着点“问志愿者”。",
            perform=lambda values: proposals.suggest(obj, values["volunteer"], actor=request.user, now=timezone.now()),
        )  # fmt: skip

    def _proposal(self, request, obj) -> Proposal:
        """The one that the address names; without a name the first who said yes."""
        key = request.GET.get("proposal", "")
        rows = obj.proposals.current().select_related("volunteer__person").order_by("pk")
        named = rows.filter(pk=key) if is_key(key) else rows.none()
        found = (named if key else rows.filter(state=ProposalState.ACCEPTED)).first()
        if found is None:
            raise Http404
        found.request = obj
        return found

    def answer_view(self, request, object_id):
        obj = self.actable(request, object_id)
        row = self._proposal(request, obj)
        agreed = row.state == ProposalState.ACCEPTED
        form = AnswerForm(request.POST or None, initial={"yes": "no"} if agreed else None)
        name = row.volunteer.person.name
        lead = (
            f"{name} 答应过。他来不了，请选“这次不方便”，求助又会去找人。"
            if agreed
            else f"问的是 {name}：{said_of(obj)}"
        )
        return self.one_act(
            request, obj, form, title="登记答复", button="登记", done="已登记。", lead=lead,
            perform=lambda values: self._answer(request, row, values),
        )  # fmt: skip

    def _answer(self, request, row, values) -> str:
        if row.state == ProposalState.ACCEPTED and not values["yes"]:
            proposals.take_back(row, values["note"], actor=request.user, now=timezone.now())
            return "已登记他来不了，求助又在找人。"
        said = proposals.answer(row, values["yes"], actor=request.user, now=timezone.now(), note=values["note"])
        if said.state == ProposalState.WITHDRAWN:
            return "刚才已经有别的志愿者答应了，请谢谢他，这次不用去。"
        return "已登记他愿意。请把地点和电话告诉他，可以打印求助单。" if values["yes"] else "已登记他这次不方便。"

    # What was done

    def done_view(self, request, object_id):
        obj = self.actable(request, object_id)
        row = self._proposal(request, obj)
        times = {"starts": obj.starts, "ends": obj.ends} | signed_of(row)
        form = DoneForm(request.POST or None, initial=times)
        return self.one_act(
            request, obj, form, title="登记服务", button="登记", done="已登记，请求助的同志确认。",
            lead=f"{row.volunteer.person.name}，{day_words(obj.on)}。按实际的时间填。",
            perform=lambda values: helping.done(row, actor=request.user, now=timezone.now(), **values),
        )  # fmt: skip

    def confirm_view(self, request, object_id):
        obj = self.actable(request, object_id)
        row = self._record(request, obj)
        form = ConfirmForm(request.POST or None, record=row)
        return self.one_act(
            request, obj, form, title="电话确认", button="确认", done="已确认。",
            lead=self._question(row),
            perform=lambda values: self._confirm(request, row, values),
        )  # fmt: skip

    @staticmethod
    def _record(request, obj) -> ServiceRecord:
        """The one that the address names; without a name the first that waits."""
        key, rows = request.GET.get("record", ""), records_of(obj)
        wanted = [row for row in rows if str(row.pk) == key] if key else unconfirmed(obj)
        found = next(iter(wanted), None)
        if found is None:
            raise Http404
        return found

    @staticmethod
    def _question(row: ServiceRecord) -> str:
        when = f"{day_words(row.on)}{span_words(row.starts, row.ends)}"
        return f"请打电话问：{row.volunteer.person.name} 在{when}来过吗？登记了{length_words(row.minutes)}。"

    def _confirm(self, request, row, values) -> None:
        confirm_care(
            row, values["minutes"], confirmed_as=values["confirmed_as"], actor=request.user, now=timezone.now(),
            form_key=values["key"], satisfied=values["satisfied"], words=values["words"],
        )  # fmt: skip

    # Ends

    def unmet_view(self, request, object_id):
        return self._ended(request, object_id, "没有找到人", services.leave_unmet,
                           "求助的同志会收到致歉，请他打电话来一起想别的办法。也请和社区联系。")  # fmt: skip

    def not_done_view(self, request, object_id):
        return self._ended(request, object_id, "没有服务", helping.not_done,
                           "打电话核实过，志愿者没有去。登记过的时长不算数，预留的时间币退回。")  # fmt: skip

    def cancel_view(self, request, object_id):
        def act(obj, reason, **more):
            services.cancel(obj, reason, own=False, **more)

        return self._ended(request, object_id, "取消", act, "求助的同志和答应、问过的志愿者都会收到通知。")

    def _ended(self, request, object_id, title, act, lead):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, ReasonForm(request.POST or None), title=title, button=title, done=f"已登记：{title}。",
            lead=lead, perform=lambda values: self._say(act, obj, values["reason"], request),
        )  # fmt: skip

    @staticmethod
    def _say(act, obj, reason, request) -> None:
        act(obj, reason, actor=request.user, now=timezone.now())

    def words_view(self, request, object_id):
        obj = self.actable(request, object_id)
        audit.look("help.see", actor=request.user, people=[obj.receiver_id], target=self._target(obj), request=request)
        form = WordsForm(request.POST or None, initial={"place": obj.place, "details": obj.details})
        return self.one_act(
            request, obj, form, title="改地点说明", done="已改。已经答应的志愿者，请打电话告诉他。",
            lead="只改到哪里和说明。日期、时间要改，请取消以后重新登记。",
            perform=lambda values: services.change_words(
                obj, values["place"], values["details"], actor=request.user, now=timezone.now()
            ) and None,
        )  # fmt: skip

    # On paper

    def slip_view(self, request, object_id):
        """What a volunteer needs to go there, lines for the time and a signature, the code to sign in by on its day;
        nothing else of the person."""
        obj = self.readable(request, object_id)
        people = [obj.receiver_id]
        audit.look("help.print", actor=request.user, people=people, target=self._target(obj), request=request)
        phone = Phone.objects.filter(person=obj.receiver_id).order_by("position", "pk").first()
        agreed = [row for row in proposals_of(obj) if row.state == ProposalState.ACCEPTED]
        context = {
            "frame": frame_for(request, "求助单", back_url=self.url_of("change", obj)),
            "row": obj,
            "said": said_of(obj),
            "phone": phone.number if phone else "",
            "names": "、".join(row.volunteer.person.name for row in agreed),
            "bureau_phone": obj.team.phone if obj.team else obj.unit.phone,
            "code": self._code(request, obj) if agreed else "",
        }
        return self.page(request, "print/help_slip.html", context)

    @staticmethod
    def _code(request, obj) -> str:
        shift = shift_of(obj)
        if shift is None:
            return ""
        return qr_image(request.build_absolute_uri(reverse("volunteers:sign_shift", args=[code_of(shift)])))
