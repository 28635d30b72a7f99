"""What staff do with one application: one form, one step."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.scans import read_scan
from apps.ledgers.choices.aid import AidAct, AidHelp, AidState
from apps.ledgers.forms import aid as forms
from apps.ledgers.models import AidApplication, Measure
from apps.ledgers.queries.aid import rules_for
from apps.ledgers.rules.aid import OPEN, amount_refusal, may
from apps.ledgers.services import aid, aid_papers, aid_paying, aid_steps
from apps.registry.admin.scope import may_on

DECIDE = "ledgers.decide_aid"
FILE, LINK = "file", "link"
Act = AidAct
FORMS = {
    Act.VERIFY: forms.VerifyForm, Act.SIGN: forms.SignForm, Act.REVIEW: forms.ReviewForm, Act.RETURN: forms.EndForm,
    Act.REFUSE: forms.EndForm, Act.WITHDRAW: forms.EndForm, Act.FAMILY: forms.FamilyForm,
    Act.RECEIVE: forms.ReceiptForm, Act.REVISIT: forms.RevisitForm, Act.UNDO: forms.UndoForm, FILE: forms.FileForm,
}  # fmt: skip
# act → (button, what its page says).
WORDS = {
    Act.VERIFY: ("登记入户核实", "支部或单位到家里看过以后登记：谁去的，看到什么。"),
    Act.SIGN: ("登记单位签章", "申请表由单位签字盖章收回以后登记，附上扫描件。"),
    Act.REVIEW: ("初审", "核对材料，提出建议金额；初审的人不能再审批。"),
    Act.RETURN: ("退回补正", "申请人会看到原因，改好再报。"),
    Act.REFUSE: ("不批准", "申请人会看到原因。已批准的金额退回资金。"),
    Act.WITHDRAW: ("撤回申请", "本人或家属不申请了。已批准的金额退回资金。"),
    Act.FAMILY: ("登记办理的遗属", "老同志已离世，由家人接着办。"),
    Act.RECEIVE: ("登记签收", "钱物到手、签字收回以后登记。"),
    Act.REVISIT: ("次年回访", "第二年看看困难缓解没有。"),
    Act.UNDO: ("撤回上一步", "回到办这一步之前，金额也一起退回。"),
    FILE: ("加证明材料", "收入证明、病历、票据等；加密保存，到期自动清除。"),
    LINK: ("对应一人一策", "这次帮扶办的是答应过的哪件事；签收以后自动记为办好。"),
}
# Steps whose form is what the service takes.
PLAIN = {Act.VERIFY: aid_steps.verify, Act.FAMILY: aid_steps.stand_in, Act.REVISIT: aid_steps.revisit}
NEXT = {
    AidState.APPLIED: Act.VERIFY, AidState.VERIFIED: Act.SIGN, AidState.SIGNED: Act.REVIEW, AidState.PAID: Act.RECEIVE,
}  # fmt: skip


class AidActs:
    """Mixin of AidApplicationAdmin."""

    def decides(self, request, row: AidApplication) -> bool:
        return may_on(request, row.cadre_id, DECIDE)

    def act_names(self, request, row: AidApplication) -> list[str]:
        """What this user may do with it now, the usual first."""
        today = timezone.localdate()
        names: list[str] = []
        if self.may_change(request, row):
            names = self._clerks_acts(row, today)
        if self.decides(request, row) and (row.state in (AidState.DECIDED, AidState.NOTICED)):
            names.append(Act.REFUSE)
        if aid_steps.undoable(row, request.user, today, decides=self.decides(request, row)):
            names.append(Act.UNDO)
        return names

    def _clerks_acts(self, row: AidApplication, today) -> list[str]:
        needs_stamp = rules_for(row.fund, today).needs_stamp
        step = NEXT.get(row.state)
        if row.state == AidState.VERIFIED and not needs_stamp:
            step = Act.REVIEW
        if row.waits_for_family:
            step = Act.FAMILY if row.state in OPEN else None
        names: list[str] = [step] if step else []
        undecided = may(Act.RETURN, row.state)
        names += [Act.RETURN] if undecided else []
        names += [Act.REFUSE] if undecided or row.state == AidState.RETURNED else []
        names += [Act.WITHDRAW] if may(Act.WITHDRAW, row.state) else []
        names += [FILE] if undecided or row.state == AidState.RETURNED else []
        names += [LINK] if row.state in OPEN else []
        if row.state == AidState.CLOSED and today.year > row.year and not row.revisited_on:
            names.append(Act.REVISIT)
        return names

    def acts_of(self, request, row: AidApplication) -> list[dict]:
        names = self.act_names(request, row)
        main = NEXT.get(row.state) or (names[0] if names and names[0] in (Act.FAMILY, Act.REVIEW) else "")
        return [
            {
                "label": WORDS[name][0], "main": name in (main, Act.FAMILY),
                "url": reverse("admin:ledgers_aidapplication_act", args=[row.pk, name]),
            }
            for name in names
        ]  # fmt: skip

    def act_view(self, request, pk: int, act: str):
        row = self.viewable(request, pk)
        if act not in WORDS:
            raise Http404
        if act not in self.act_names(request, row):
            if not self.may_change(request, row) and not self.decides(request, row):
                raise PermissionDenied
            messages.info(request, "这一步现在不用办，或者刚有人办过。")
            return HttpResponseRedirect(self.url_of("change", row))
        form = self.act_form(request, row, act)
        if request.method == "POST" and form.is_valid():
            try:
                self.perform(request, row, act, dict(form.cleaned_data))
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已办：{WORDS[act][0]}。")
                return HttpResponseRedirect(self.url_of("change", row))
        title, lead = WORDS[act]
        return self.form_page(request, form, f"{title}：{self.title_of(row)}", lead, self.url_of("change", row))

    def act_form(self, request, row: AidApplication, act: str):
        data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        if act == LINK:
            return forms.LinkForm(*data, cadre_id=row.cadre_id, initial={"measure": row.measure_id})
        last = aid_steps.last_step(row) if act == Act.UNDO else None
        initial = {
            "proposed": row.requested, "receiver": row.payee, "relation": row.payee_relation,
            "step": last.pk if last else None,
        }  # fmt: skip
        if act == Act.REVIEW and row.help == AidHelp.MANPOWER:
            initial["proposed"] = None
        form = FORMS[act](*data, initial=initial)
        if act == Act.UNDO and last:
            form.submit_label = f"撤回“{last.get_act_display()}”（{last.on}）"
        return form

    def perform(self, request, row: AidApplication, act: str, values: dict) -> None:
        actor = request.user
        file = values.pop("file", None)
        if act in (Act.RETURN, Act.REFUSE, Act.WITHDRAW):
            aid_steps.end(row, act, **values, actor=actor)
        elif act == Act.UNDO:
            decides, today = self.decides(request, row), timezone.localdate()
            aid_steps.undo(row, on=today, actor=actor, decides=decides, step_id=values["step"])
        elif act == Act.SIGN:
            self._sign(row, values, file, actor)
        elif act == Act.REVIEW:
            self._review(row, values, actor)
        elif act == Act.RECEIVE:
            aid_paying.receive(row, **values, file=file, actor=actor)
        elif act == FILE:
            aid.add_evidence(row, values["kind"], file, actor=actor)
        elif act == LINK:
            measure: Measure | None = values["measure"]
            aid_steps.link(row, need=measure.need if measure else None, measure=measure, actor=actor)
        else:
            PLAIN[act](row, **values, actor=actor)

    def _sign(self, row: AidApplication, values: dict, file, actor) -> None:
        aid_papers.sign(row, **values, data=read_scan(file, field="file").data if file else None, actor=actor)

    def _review(self, row: AidApplication, values: dict, actor) -> None:
        rules = rules_for(row.fund, values["on"])
        if sentence := amount_refusal(values["proposed"], row.help, row.situations, rules):
            raise BusinessError(sentence, code="proposed", field="proposed")
        aid_steps.review(row, **values, actor=actor)
