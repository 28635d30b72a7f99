"""入党申请 and 发展党员 at the desk, step by step; only where members may be recruited."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.choices import RecruitStage
from apps.branches.desk import at_desk, show
from apps.branches.forms.recruits import AdmitForm, AdvanceForm, ApplicationForm, BackForm, ProlongForm, StopForm
from apps.branches.models import Recruit
from apps.branches.queries.transfers import decides
from apps.branches.rules.capability import Capability, able, refusal
from apps.branches.rules.recruits import DAY_OF, OPEN_STAGES, RecruitRules, earliest, next_stage
from apps.branches.services import recruits
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values

from .transfers import address

Stage = RecruitStage
BUTTONS = {
    Stage.ACTIVIST: "确定为积极分子",
    Stage.CANDIDATE: "确定为发展对象",
    Stage.PROBATIONARY: "接收为预备党员",
    Stage.FULL: "按期转正",
}
LEADS = {
    Stage.ACTIVIST: "支委会（支部大会）研究同意，报上级备案。",
    Stage.CANDIDATE: "听取各方意见，支委会讨论同意，报上级备案。",
    Stage.PROBATIONARY: "支部党员大会讨论通过，报上级审批。登记后他就是本支部的预备党员，名册同时更新。",
    Stage.FULL: "支部党员大会讨论通过，报上级审批。党龄从转正这一天算起，名册同时更新。",
}
PROLONG, STOP, BACK = "prolong", "stop", "back"
OTHERS = {
    PROLONG: ("延长预备期", "只能延长一次。"),
    STOP: ("终止", "本人撤回申请，或支部决定不再发展。"),
    BACK: ("撤回上一步", "只能撤回当天登记的一步，名册里改过的也恢复原样。"),
}


@require_safe
@at_desk
def recruit_list(request, desk):
    rows = list(Recruit.objects.filter(organisation=desk.organisation, voided_at__isnull=True).select_related("person"))
    rules = rule_values(RecruitRules.rule_key, on=desk.today)
    context = {
        "open": [_line(desk, row, rules) for row in rows if row.stage in OPEN_STAGES],
        "closed": [_line(desk, row, rules) for row in rows if row.stage not in OPEN_STAGES],
        "refusal": _refusal(desk),
    }
    return show(request, desk, "desk/recruits/list.html", context)


def _refusal(desk) -> str:
    kind = desk.organisation.kind
    return "" if able(kind, Capability.RECRUIT) else refusal(kind, Capability.RECRUIT)


def _line(desk, row: Recruit, rules: RecruitRules) -> dict:
    return {
        "row": row, "next": _next_words(row, desk.today, rules),
        "due": row.stage == Stage.PROBATIONARY and row.probation_until <= desk.today,
        "url": address(desk, "recruit", row.public_id),
    }  # fmt: skip


def _next_words(row: Recruit, on, rules: RecruitRules) -> str:
    stage = next_stage(row.stage)
    if not stage:
        return ""
    first = _earliest(row, stage, rules)
    if first is None or first <= on:
        return f"可以{BUTTONS[stage]}"
    return f"{first.year}年{first.month}月{first.day}日以后可以{BUTTONS[stage]}"


def _earliest(row: Recruit, stage: str, rules: RecruitRules):
    return earliest(stage, {name: getattr(row, name) for name in (*DAY_OF.values(), "probation_until")}, rules)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def recruit_add(request, desk):
    if sentence := _refusal(desk):
        messages.error(request, sentence)
        return redirect(address(desk, "recruits"))
    form = ApplicationForm(request.POST or None, initial={"on": desk.today})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            row = recruits.apply_to_join(desk, typed["person"], key=typed["key"], on=typed["on"], note=typed["note"])
        except BusinessError as refused:
            form.refuse(refused)
        else:
            messages.success(request, "已登记。一个月内派人和他谈话，了解情况。")
            return redirect(address(desk, "recruit", row.public_id))
    context = {
        "title": "登记入党申请", "lead": "收到书面申请后登记。", "form": form, "back": address(desk, "recruits"),
    }  # fmt: skip
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)


def _found(desk, public_id) -> Recruit:
    rows = Recruit.objects.filter(organisation=desk.organisation, voided_at__isnull=True).select_related("person")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _acts(desk, row: Recruit) -> list[tuple[str, str]]:
    """(act, label) of what may be done now, the usual first; consent is the secretary's and deputy's."""
    if not decides(desk):
        return []
    stage = next_stage(row.stage)
    first = _earliest(row, stage, rule_values(RecruitRules.rule_key, on=desk.today)) if stage else None
    acts = [(stage, BUTTONS[stage])] if stage and (first is None or first <= desk.today) else []
    if row.stage == Stage.PROBATIONARY and not row.prolonged:
        acts.append((PROLONG, OTHERS[PROLONG][0]))
    if row.stage in OPEN_STAGES:
        acts.append((STOP, OTHERS[STOP][0]))
    last = row.steps.order_by("-pk").first()
    if last and timezone.localdate(last.at) == desk.today and row.steps.count() > 1:
        acts.append((BACK, OTHERS[BACK][0]))
    return acts


@require_safe
@at_desk
def recruit_page(request, desk, recruit):
    row = _found(desk, recruit)
    facts = [
        (Stage(stage).label, getattr(row, name)) for stage, name in DAY_OF.items() if getattr(row, name) is not None
    ]
    if row.probation_until:
        facts.append(("预备期满", f"{date_format(row.probation_until)}{'（延长过）' if row.prolonged else ''}"))
    if row.introducers:
        facts.append(("入党介绍人", row.introducers))
    context = {
        "row": row, "facts": facts,
        "next": _next_words(row, desk.today, rule_values(RecruitRules.rule_key, on=desk.today)),
        "acts": [(label, address(desk, "recruit_step", row.public_id, act)) for act, label in _acts(desk, row)],
        "timeline": [
            {"when": step.on, "text": step.get_stage_display(),
             "note": "　".join(filter(None, (step.note, step.document_no, "工作人员代录" if step.by_staff else "")))}
            for step in row.steps.order_by("-pk")
        ],
    }  # fmt: skip
    return show(request, desk, "desk/recruits/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def recruit_step(request, desk, recruit, step):
    row, act = _found(desk, recruit), step
    if act not in {*BUTTONS, *OTHERS}:
        raise Http404
    page = address(desk, "recruit", row.public_id)
    if act not in dict(_acts(desk, row)):
        messages.info(request, "这一步现在不用在这里办，或者刚有人办过。")
        return redirect(page)
    form = _form(request, desk, act)
    title, lead = OTHERS.get(act) or (BUTTONS[act], LEADS[act])
    if request.method == "POST" and form.is_valid():
        try:
            _do(desk, row, act, form.cleaned_data)
        except BusinessError as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"已办：{title}。")
            return redirect(page)
    context = {"title": f"{title}：{row.person.name}", "lead": lead, "form": form, "back": page}
    return show(request, desk, "desk/step.html", context, status=422 if form.errors else 200)


def _form(request, desk, act: str):
    kinds = {PROLONG: ProlongForm, STOP: StopForm, BACK: BackForm, Stage.PROBATIONARY: AdmitForm}
    data = request.POST if request.method == "POST" else None
    form = kinds.get(act, AdvanceForm)(data, initial={"on": desk.today, "months": 6})
    if act in BUTTONS:
        form.submit_label = BUTTONS[act]
    return form


def _do(desk, row: Recruit, act: str, typed: dict) -> None:
    if act == PROLONG:
        recruits.prolong(desk, row, **typed)
    elif act == STOP:
        recruits.stop(desk, row, **typed)
    elif act == BACK:
        recruits.step_back(desk, row)
    else:
        recruits.advance(desk, row, act, **typed)
