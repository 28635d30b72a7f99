"""The steps of a case of 适老化改造: one form each, the services decide."""

import dataclasses

from django import forms
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.choices.adaptation import AdaptationState
from apps.ledgers.forms.adaptation import (
    EMPTY_LINES,
    AcceptForm,
    AskForm,
    CancelForm,
    ItemForm,
    QuoteForm,
    SendBackForm,
    SurveyForm,
    UndoForm,
    WorksForm,
)
from apps.ledgers.services import adaptation as works
from apps.ledgers.services.adaptation_steps import last_step, rules_for


class LinesForm(forms.Form):
    """The version of the case that the lines were shown at."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AdaptationActs:
    """Mixed into HomeAdaptationAdmin."""

    def act_pages(self):
        views = {
            "items": self.items_view, "survey": self.survey_view, "quote": self.quote_view, "works": self.works_view,
            "send-back": self.send_back_view, "accept": self.accept_view, "ask": self.ask_view,
            "cancel": self.cancel_view, "undo": self.undo_view, "paper": self.paper_view,
        }  # fmt: skip
        return [(name, f"<path:object_id>/{name}/", view) for name, view in views.items()]

    def step(
        self, request, object_id, form_class, perform, *, state: str, title: str, done: str, initial=None, lead=""
    ):
        """One step: offered only where the case stands; the service asks once more under its lock."""
        obj = self.actable(request, object_id)
        if obj.state != state and request.method != "POST":
            return HttpResponseRedirect(self.url_of("change", obj))
        data = request.POST if request.method == "POST" else None
        form = form_class(data, initial=initial(obj) if initial else {}, label_suffix="")
        return self.one_act(
            request, obj, form, title=title, lead=lead(obj) if callable(lead) else lead, done=done,
            perform=lambda values: perform(obj, form),
        )  # fmt: skip

    def survey_view(self, request, object_id):
        on = timezone.localdate()
        return self.step(
            request,
            object_id,
            SurveyForm,
            state=AdaptationState.SURVEY,
            title="登记勘查",
            done="勘查已登记，接着报价。",
            perform=lambda obj, form: works.survey(obj, **form.cleaned_data, actor=request.user, on=on),
            initial=lambda obj: {"surveyed_on": on, "surveyor": str(request.user)},
            lead="先在“改造项目”里填好要改什么；改造前的照片在这件改造的页面上加。",
        )

    def quote_view(self, request, object_id):
        on = timezone.localdate()
        return self.step(
            request, object_id, QuoteForm, state=AdaptationState.QUOTE, title="登记报价", done="报价已登记，可以开工。",
            perform=lambda obj, form: works.quote(obj, form.quote(), actor=request.user, on=on),
            initial=lambda obj: {"quoted_on": on},
            lead=lambda obj: f"报价按改造项目的单价和数量合计；每户上限 {rules_for(obj, on).most} 元，超过要写理由。",
        )  # fmt: skip

    def works_view(self, request, object_id):
        on = timezone.localdate()
        return self.step(
            request, object_id, WorksForm, state=AdaptationState.WORKS, title="登记完工", done="完工已登记，等验收。",
            perform=lambda obj, form: works.finish_works(obj, **form.cleaned_data, actor=request.user, on=on),
            initial=lambda obj: {"works_until": on},
        )  # fmt: skip

    def send_back_view(self, request, object_id):
        on = timezone.localdate()
        return self.step(
            request, object_id, SendBackForm, state=AdaptationState.ACCEPTANCE, title="验收不合格，返工",
            done="已退回施工。", lead="退回施工单位返工，改好以后再登记完工。",
            perform=lambda obj, form: works.send_back(obj, **form.cleaned_data, actor=request.user, on=on),
        )  # fmt: skip

    def accept_view(self, request, object_id):
        on = timezone.localdate()
        return self.step(
            request, object_id, AcceptForm, state=AdaptationState.ACCEPTANCE, title="登记验收",
            done="验收已登记，接着回访本人。",
            perform=lambda obj, form: works.accept(obj, form.acceptance(), actor=request.user, on=on),
            initial=lambda obj: {"accepted_on": on, "acceptor": str(request.user), "paid": obj.quoted},
            lead="改造后的照片在这件改造的页面上加。对应了一人一策的办法，验收后自动办好。",
        )  # fmt: skip

    def ask_view(self, request, object_id):
        on = timezone.localdate()
        return self.step(
            request, object_id, AskForm, state=AdaptationState.ASKING, title="登记回访", done="这件改造已办结。",
            perform=lambda obj, form: works.ask(obj, **form.cleaned_data, actor=request.user, on=on),
            initial=lambda obj: {"replied_on": on},
        )  # fmt: skip

    def cancel_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = CancelForm(request.POST if request.method == "POST" else None, label_suffix="")
        return self.one_act(
            request, obj, form, title="取消改造", button="取消改造", done="已取消。取消错了可以撤回。",
            lead="对应的一人一策办法也一起记为不再办。",
            perform=lambda values: works.cancel(obj, **values, actor=request.user, on=timezone.localdate()),
        )  # fmt: skip

    def undo_view(self, request, object_id):
        obj = self.actable(request, object_id)
        step = last_step(obj)
        asked = request.GET.get("step", "")
        first = {"step": int(asked) if asked.isdecimal() and len(asked) < 18 else 0}
        form = UndoForm(request.POST if request.method == "POST" else None, initial=first)
        words = f"撤回“{step}”，回到那一步以前；那一步填的内容要重新填。" if step else "没有可以撤回的。"
        return self.one_act(
            request, obj, form, title="撤回上一步", lead=words, button="撤回", done="已撤回上一步。",
            perform=lambda values: works.take_back_step(obj, step_id=values["step"], actor=request.user),
        )  # fmt: skip

    # Lines

    def items_view(self, request, object_id):
        """What is to be built, all lines on one page."""
        obj = self.actable(request, object_id)
        standing = list(obj.items.filter(voided_at__isnull=True))
        posted = request.POST if request.method == "POST" else None
        head = LinesForm(posted, initial={"seen_version": obj.version})
        lines = self.line_forms(posted, standing)
        error = ""
        if posted is not None and head.is_valid() and all([line.is_valid() for line in lines]):
            try:
                facts = [fact for fact in (line.facts() for line in lines) if fact is not None]
                works.put_items(obj, facts, actor=request.user, version=head.cleaned_data["seen_version"])
            except BusinessError as refusal:
                error = refusal.sentence
            else:
                return HttpResponseRedirect(self.url_of("change", obj))
        context = {
            "title": f"改造项目：{obj.cadre.person.name}",
            "original": obj,
            "head": head,
            "lines": lines,
            "error": error,
            "back": self.url_of("change", obj),
            "list_url": self.list_url(),
            "list_words": self.opts.verbose_name,
        }
        wrong = posted is not None
        return self.page(request, "admin/ledgers/adaptation_items.html", context, status=422 if wrong else 200)

    def line_forms(self, posted, standing) -> list[ItemForm]:
        number = works.MOST_ITEMS if posted is not None else min(len(standing) + EMPTY_LINES, works.MOST_ITEMS)
        forms_of = []
        for place in range(number):
            prefix = f"l{place}"
            if posted is not None and f"{prefix}-item" not in posted:
                break
            names = [item.name for item in dataclasses.fields(works.ItemFacts)]
            first = {name: getattr(standing[place], name) for name in names} if place < len(standing) else {}
            forms_of.append(ItemForm(posted, initial=first, prefix=prefix))
        return forms_of
