"""The three grids of a fund: the meeting decides, the notice begins, the payment goes out. Each row stands by itself:
what is refused says why at its row, the rest is done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.accounts.models import RoleGrant, User
from apps.accounts.roles import ROLES
from apps.common.errors import BusinessError
from apps.common.imprint import imprint
from apps.ledgers.choices.aid import AidState, PayMethod
from apps.ledgers.forms.funds import BatchForm, MeetingForm, NoticeForm, PayForm, VoteForm
from apps.ledgers.models import AidApplication, FundYear
from apps.ledgers.queries.aid import at_state, conflicts_of_many, payable, rules_for, situation_words
from apps.ledgers.services import aid_meeting, aid_paying
from apps.organisation.models import Unit

from .aid_sheets import granted_words, unit_of, yuan

MOST_ROWS = 60
SITTING = ("leader", "section_head")


def possible_deciders(fund: FundYear):
    """Accounts that may sit at the meeting: leaders and section heads of the fund's unit and those above it."""
    paths = [fund.unit.path[:end] for end in range(Unit.steplen, len(fund.unit.path) + 1, Unit.steplen)]
    roles = [role for role in ROLES if role in SITTING]
    grants = RoleGrant.objects.current(timezone.localdate()).on_units().filter(role__in=roles, unit__path__in=paths)
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("display_name", "pk")


class FundRounds:
    """Mixin of FundYearAdmin."""

    def grid_page(self, request, fund: FundYear, *, title, lead, form, rows, columns, fields, button, more=None):
        valid = not form.errors and not any(row["form"].errors for row in rows if row.get("form"))
        context = {
            "title": f"{title}：{fund}", "fund": fund, "lead": lead, "form": form, "rows": rows, "columns": columns,
            "fields": fields, "button": button, "back": self.url_of("change", fund), "media": form.media,
            "most": MOST_ROWS, **(more or {}),
        }  # fmt: skip
        return self.page(request, "admin/ledgers/fund_grid.html", context, status=200 if valid else 422)

    # Meeting

    def meeting_view(self, request, pk: int):
        """Who met, and what was decided of each: 同意 with an amount, 不同意, 缓议, or left for another time."""
        fund = self.viewable(request, pk)
        if not self.decides(request, fund):
            raise PermissionDenied
        waiting = list(at_state(fund, AidState.REVIEWED, request.user)[:MOST_ROWS])
        deciders = possible_deciders(fund)
        data = request.POST if request.method == "POST" else None
        form = MeetingForm(data, deciders=deciders, initial={"held_on": timezone.localdate()})
        near = conflicts_of_many(waiting, deciders)
        lines = [
            VoteForm(data, row=row, initial={"amount": row.proposed, "recused": "、".join(near[row.pk])})
            for row in waiting
        ]
        valid = data is not None and all([form.is_valid(), *[line.is_valid() for line in lines]])
        if valid and self._vote(request, fund, form, lines):
            return HttpResponseRedirect(self.url_of("change", fund))
        rules = rules_for(fund, timezone.localdate())
        details = fund.unit_id in request.user.reach("ledgers.view_aid_details")
        rows = [self._vote_row(line, near[line.row.pk], details) for line in lines if not line.done]
        lead = (
            f"还剩 {fund.left} 元。除去回避的至少 {rules.deciders} 人表决；填报、初审的人不能审批；"
            "与申请人有亲属关系的写进“回避”。"
        )
        return self.grid_page(
            request, fund, title="上会审批", lead=lead, form=form, rows=rows, button="登记会议决定",
            columns=["老同志", "金额"], fields=["意见", "金额（元）", "回避", "说明"],
        )  # fmt: skip

    def _vote_row(self, line: VoteForm, near: dict[str, str], details: bool) -> dict:
        row = line.row
        told = [f"{name}是申请人的{why}，要回避" for name, why in near.items()]
        situations = "；".join(situation_words(row.situations)) if details else ""
        kind = row.get_kind_display() + ("（遗属）" if row.for_survivors else "")
        return {
            "name": row.cadre.person.name, "form": line, "note": "；".join(told), "tone": "late" if told else "",
            "cells": [
                f"{row.cadre.person.name}　{unit_of(row)}\n{kind}　{situations}".strip(),
                f"申请 {yuan(row.requested) or row.get_help_display()}\n建议 {yuan(row.proposed) or '—'}",
            ],
        }  # fmt: skip

    def _vote(self, request, fund: FundYear, form: MeetingForm, lines: list[VoteForm]) -> bool:
        """Whether all lines stand; those that were refused carry their sentence."""
        asked = [line for line in lines if line.cleaned_data["verdict"]]
        if not asked:
            form.add_error(None, "没有一位选了意见。")
            return False
        values = form.cleaned_data
        facts = aid_meeting.MeetingFacts(
            values["held_on"], values["minutes_no"], list(values["deciders"]), values["others"]
        )
        try:
            meeting = aid_meeting.hold_meeting(fund, facts, actor=request.user, form_key=values["key"])
        except BusinessError as refusal:
            form.refuse(refusal)
            return False
        done = 0
        for line in asked:
            vote = aid_meeting.Vote(**{name: line.cleaned_data[name] for name in ("verdict", "recused", "note")},
                                    amount=line.cleaned_data["amount"])  # fmt: skip
            try:
                aid_meeting.decide(line.row, meeting, vote, actor=request.user)
                line.done = True
                done += 1
            except BusinessError as refusal:
                line.add_error(refusal.field if refusal.field in line.fields else None, refusal.sentence)
        if done:
            messages.success(request, f"已登记 {done} 位的会议决定。")
        refused = len(asked) - done
        if refused:
            messages.warning(request, f"有 {refused} 位没有登记上，原因写在那一行，改好再登记，不会重复。")
        return not refused

    # Notice

    def notice_view(self, request, pk: int):
        """Everything decided that was not posted yet, in one notice."""
        fund = self.workable(request, pk)
        waiting = list(at_state(fund, AidState.DECIDED, request.user)[:MOST_ROWS])
        data = request.POST if request.method == "POST" else None
        form = NoticeForm(
            data, initial={"starts_on": timezone.localdate(), "place": "局一楼公示栏", "contact": imprint().phone}
        )
        if data is not None and form.is_valid():
            values = form.cleaned_data
            try:
                notice = aid_paying.start_notice(
                    fund, waiting, starts_on=values["starts_on"], place=values["place"], contact=values["contact"],
                    actor=request.user, on=timezone.localdate(), form_key=values["key"],
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已开始公示，到 {notice.last_day} 为止。请打印公示单张贴。")
                return HttpResponseRedirect(self.part_url("notice_page", notice))
        rules = rules_for(fund, timezone.localdate())
        rows = [
            {
                "name": row.cadre.person.name,
                "form": None,
                "cells": [row.cadre.person.name, unit_of(row), granted_words(row)],
            }
            for row in waiting
        ]
        lead = f"公示 {rules.notice_days} 个工作日，期满没有异议才能发放。公示单只列姓名、单位和金额。"
        return self.grid_page(
            request, fund, title="开始公示", lead=lead, form=form, rows=rows, columns=["姓名", "单位", "金额（元）"],
            fields=[], button=form.submit_label,
        )  # fmt: skip

    # Payment

    def pay_view(self, request, pk: int):
        """Those whose notice is over, ticked; payee and account a row."""
        fund = self.workable(request, pk)
        today = timezone.localdate()
        seen = AidApplication.objects.visible_to(request.user)
        rows = payable(fund, today).filter(pk__in=seen.values("pk"))
        rows = rows.select_related("cadre__person", "cadre__managing_unit", "notice").order_by("applied_on", "pk")
        waiting = list(rows[:MOST_ROWS])
        data = request.POST if request.method == "POST" else None
        form = BatchForm(data, initial={"paid_on": today, "method": PayMethod.BANK})
        lines = [PayForm(data, row=row, initial=self._payee(row)) for row in waiting]
        valid = data is not None and all([form.is_valid(), *[line.is_valid() for line in lines]])
        if valid:
            batch = self._pay(request, fund, form, lines)
            if batch is not None:
                return HttpResponseRedirect(self.part_url("batch_page", batch))
        shown = [
            {
                "name": line.row.cadre.person.name, "form": line,
                "cells": [f"{line.row.cadre.person.name}　{unit_of(line.row)}", granted_words(line.row)],
            }
            for line in lines
            if not line.done
        ]  # fmt: skip
        later = fund.applications.standing().filter(state=AidState.NOTICED, notice__ends_on__gt=today).count()
        lead = "账号加密保存。收款人不是本人的，写与老同志的关系。"
        lead += f"另有 {later} 位公示没有期满。" if later else ""
        return self.grid_page(
            request, fund, title="发放", lead=lead, form=form, rows=shown, button=form.submit_label,
            columns=["老同志", "金额（元）"], fields=["这次发", "收款人", "与本人关系", "收款账号"],
        )  # fmt: skip

    def _payee(self, row: AidApplication) -> dict:
        if row.for_survivors:
            return {"payee": row.applicant_name, "relation": row.applicant_relation}
        return {"payee": row.cadre.person.name}

    def _pay(self, request, fund: FundYear, form: BatchForm, lines: list[PayForm]):
        chosen = [line for line in lines if line.cleaned_data["chosen"]]
        if not chosen:
            form.add_error(None, "没有勾选要发的人。")
            return None
        values = form.cleaned_data
        batch = aid_paying.open_batch(
            fund, paid_on=values["paid_on"], method=values["method"], voucher=values["voucher"], actor=request.user,
            form_key=values["key"],
        )  # fmt: skip
        refused = 0
        for line in chosen:
            given = aid_paying.Pay(*(line.cleaned_data[name] for name in ("payee", "relation", "account")))
            try:
                aid_paying.pay(line.row, batch, given, actor=request.user)
                line.done = True
            except BusinessError as refusal:
                line.add_error(refusal.field if refusal.field in line.fields else None, refusal.sentence)
                refused += 1
        done = len(chosen) - refused
        if done:
            messages.success(request, f"已登记发放 {done} 位。请打印签领表，收回签字。")
        if refused:
            messages.warning(request, f"有 {refused} 位没有登记上，原因写在那一行，改好再登记，不会重复。")
        return None if refused else batch
