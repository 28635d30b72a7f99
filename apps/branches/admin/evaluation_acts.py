"""What staff do with one evaluation: check, return, name or not, reward, undo; of a unit the self-assessment too."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.branches.choices import EvaluationAct, EvaluationState
from apps.branches.forms.evaluation import (
    CheckForm,
    DeclineForm,
    NameForm,
    PartForm,
    ReturnForm,
    RewardForm,
    StoryForm,
    VerifyForm,
)
from apps.branches.models import Evaluation
from apps.branches.queries.evaluations import all_lines, evidence_of, parts_of
from apps.branches.rules.evaluation import may
from apps.branches.services import evaluation_decisions as decisions
from apps.branches.services import evaluations as services
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm

NAMING = "branches.name_evaluation"
RETURN, NAME, DECLINE, REWARD, UNDO, SUBMIT = "return", "name", "decline", "reward", "undo", "submit"
STORY = "story"
FORMS = {RETURN: ReturnForm, NAME: NameForm, DECLINE: DeclineForm, REWARD: RewardForm, STORY: StoryForm}
WORDS = {
    RETURN: ("退回修改", "填报的人会看到原因，改好再呈报。"),
    NAME: ("命名", "成熟一个、命名一个，没有名额限制。"),
    DECLINE: ("本年度不命名", "填报的人会看到原因。"),
    REWARD: ("登记以奖代投", "只登记给了多少、用在哪里，系统不付款。"),
    UNDO: ("撤回上一步", "回到办这一步之前；打过的分留着，可以再改。"),
    SUBMIT: ("代单位呈报", "呈报以后不能再改自评，要改请退回。"),
    STORY: ("事迹材料", "替单位填写。"),
}


class ConfirmForm(PortalForm):
    """Nothing to fill in."""


class EvaluationActs:
    """Mixin of EvaluationAdmin."""

    def may_name(self, request, found: Evaluation) -> bool:
        return request.user.has_perm(NAMING) and self.rows_for(request.user, NAMING).filter(pk=found.pk).exists()

    def acts_of(self, request, found: Evaluation) -> list[dict]:
        """Buttons for what may be done now, by this user."""
        if found.voided_at:
            return []
        names = []
        if self.may_change(request, found):
            names += [RETURN] if may(EvaluationAct.RETURN, found.state) else []
            names += [SUBMIT, STORY] if found.unit_id and found.is_open else []
        if self.may_name(request, found):
            names += [NAME, DECLINE] if found.state == EvaluationState.VERIFIED else []
            names += [REWARD] if found.state == EvaluationState.NAMED and found.reward_amount is None else []
        if decisions.undoable(found, request.user, timezone.localdate()):
            names.append(UNDO)
        tools = [
            {"label": WORDS[name][0], "url": reverse("admin:branches_evaluation_act", args=[found.pk, name])}
            for name in names
        ]
        if stage := self.stage_of(request, found):
            label = "核查打分" if stage == EvaluationAct.VERIFY else "复核打分"
            tools.insert(0, {"label": label, "url": self.url_of("check", found), "main": True})
        return tools

    def stage_of(self, request, found: Evaluation) -> str:
        """Which check is due: 初核, 复核 or none."""
        if found.voided_at or not self.may_change(request, found):
            return ""
        return next((act for act in (EvaluationAct.VERIFY, EvaluationAct.RECHECK) if may(act, found.state)), "")

    def act_view(self, request, pk: int, act: str):
        """One form, one step. 404 for what cannot be done now, 403 without the right."""
        found = self.get_object(request, str(pk))
        if act not in WORDS:
            raise Http404
        url = reverse("admin:branches_evaluation_act", args=[found.pk, act])
        if url not in [tool["url"] for tool in self.acts_of(request, found)]:
            raise PermissionDenied
        form = self._form(request, found, act)
        if request.method == "POST" and form.is_valid():
            try:
                self._perform(request, found, act, form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已办：{WORDS[act][0]}。")
                return HttpResponseRedirect(self.url_of("change", found))
        title, sentence = WORDS[act]
        context = {
            "title": f"{title}：{self.title_of(found)}", "form": form, "sentence": sentence, "button": title,
            "media": form.media, "back": self.url_of("change", found),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def _form(self, request, found: Evaluation, act: str):
        today = timezone.localdate()
        initial = {"on": today, "decided_on": today, "seen": found.version, "story": found.story}
        return FORMS.get(act, ConfirmForm)(request.POST if request.method == "POST" else None, initial=initial)

    def _perform(self, request, found: Evaluation, act: str, values: dict) -> None:
        actor, today = request.user, timezone.localdate()
        match act:
            case "return":
                decisions.send_back(found, **values, on=today, actor=actor)
            case "name":
                decisions.name(found, decisions.Naming(**values), actor=actor)
            case "decline":
                decisions.decline(found, **values, actor=actor)
            case "reward":
                decisions.reward(found, **values, actor=actor)
            case "undo":
                decisions.undo(found, on=today, actor=actor)
            case "submit":
                services.submit(found, on=today, actor=actor, by_staff=True)
            case "story":
                services.save_story(found, **values, actor=actor, by_staff=True)

    def check_view(self, request, pk: int):
        """All items with self-assessment and evidence; points beside them."""
        found = self.changeable_object(request, str(pk))
        stage = self.stage_of(request, found)
        if not stage:
            raise PermissionDenied
        lines = all_lines(parts_of(found))
        first = stage == EvaluationAct.VERIFY
        column = "verified_points" if first else "rechecked_points"
        initial = {"seen": services.seen_of(lines), "verified_on": timezone.localdate()}
        data = request.POST if request.method == "POST" else None
        form = (VerifyForm if first else CheckForm)(data, lines=lines, column=column, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                self._check(request, found, form, first)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "核查结果已保存。" if first else "复核结果已保存。")
                return HttpResponseRedirect(self.url_of("change", found))
        context = {
            "title": f"{'核查打分' if first else '复核打分'}：{self.title_of(found)}", "original": found, "form": form,
            "evaluation": found, "rows": form.rows(evidence_of(lines)), "first": first,
            "back": self.url_of("change", found),
        }  # fmt: skip
        return self.page(request, "admin/branches/evaluation_check.html", context, status=422 if form.errors else 200)

    def _check(self, request, found, form, first: bool) -> None:
        given = {"seen": form.cleaned_data["seen"], "actor": request.user}
        if first:
            decisions.verify(found, form.checked(), decisions.Visit(**form.facts()), **given)
        else:
            decisions.recheck(found, form.checked(), on=timezone.localdate(), **given)

    def part_view(self, request, pk: int, number: int):
        """One section of a unit's self-assessment, entered for it; branches fill in theirs at the desk."""
        found = self.changeable_object(request, str(pk))
        parts = parts_of(found)
        if not found.unit_id or not 1 <= number <= len(parts):
            raise Http404
        if not found.is_open:
            raise PermissionDenied
        part = parts[number - 1]
        initial = {"seen": services.seen_of(part.lines)}
        form = PartForm(request.POST if request.method == "POST" else None, lines=part.lines, initial=initial)
        if request.method == "POST" and form.is_valid():
            who = {"actor": request.user, "by_staff": True}
            try:
                services.save_part(found, part.section, form.given(), seen=form.cleaned_data["seen"], **who)
                for line in part.lines:
                    if files := request.FILES.getlist(f"f{line.item_id}"):
                        services.add_evidence(found, line, files, **who)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "这一部分保存好了。")
                return HttpResponseRedirect(self.url_of("change", found))
        context = {
            "title": f"{part.section}：{self.title_of(found)}", "original": found, "form": form, "part": part,
            "evaluation": found, "rows": form.rows(evidence_of(part.lines)), "back": self.url_of("change", found),
        }  # fmt: skip
        return self.page(request, "admin/branches/evaluation_part.html", context, status=422 if form.errors else 200)
