"""What staff do with one account: give, donate, propose, freeze, settle, print."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html

from apps.common import audit
from apps.common.admin_pages import posted
from apps.common.forms import PortalForm
from apps.common.printing import frame_for
from apps.volunteers.choices.requests import AskedAs
from apps.volunteers.forms.bank import (
    AskGrantForm,
    AskOpeningForm,
    DonateForm,
    GiveForm,
    KinForm,
    NewKinForm,
    OutForm,
    SettleForm,
    WhyForm,
)
from apps.volunteers.forms.requests import AskForm
from apps.volunteers.models import Account, Team
from apps.volunteers.queries.bank_passbooks import passbook_of
from apps.volunteers.queries.kinship import relatives_of
from apps.volunteers.rules.bank import time_words
from apps.volunteers.services import approvals, bank, kinship, settling, transfers_out
from apps.volunteers.services.requests import RequestFacts, ask

from .bank_base import by

SEEN_PAPER = "看过户口簿或结婚证再登记。只核实配偶和直系亲属。"
ONE_OF_TWO = "已提出，请另一位同事在“时间银行复核”里复核。"
NO_KIN = "他还没有核实过的亲属。请先办“核实亲属”。"


class AccountActs:
    """Acts of AccountAdmin; each is one form."""

    def give_view(self, request, object_id):
        obj = self.actable(request, object_id)
        kin = relatives_of(obj.person_id)
        form = GiveForm(posted(request), kin=kin)
        lead = f"他现在可用{time_words(obj.available)}。只能送给核实过的配偶和直系亲属。" if kin else NO_KIN

        def perform(values):
            bank.give(obj.person, values["receiver"], values["minutes"], form_key=values["key"], **by(request))

        return self.one_act(
            request, obj, form, title="赠送给亲属", button="赠送", lead=lead, done="已赠送。", perform=perform
        )

    def donate_view(self, request, object_id):
        obj = self.actable(request, object_id)

        def perform(values):
            more = {"form_key": values["key"], "reason": values["reason"]}
            bank.donate(obj.person, values["minutes"], **more, **by(request))

        return self.one_act(
            request, obj, DonateForm(posted(request)), title="捐入公共池", button="捐出", done="已捐入公共池。",
            lead=f"他现在可用{time_words(obj.available)}。请先问过本人。", perform=perform,
        )  # fmt: skip

    def grant_view(self, request, object_id):
        obj = self.actable(request, object_id)
        initial = {"attested": False}

        def perform(values):
            approvals.ask_grant(
                obj, values["minutes"], values["reason"], attested=values["attested"], form_key=values["key"],
                **by(request),
            )  # fmt: skip

        return self.one_act(
            request, obj, AskGrantForm(posted(request), initial=initial), title="从公共池拨付", button="提出，等复核",
            lead="公共池优先照顾80岁以上、一个人住的老人。要两个人办：您提出，另一位同事复核。", done=ONE_OF_TWO,
            perform=perform,
        )  # fmt: skip

    def opening_view(self, request, object_id):
        obj = self.actable(request, object_id)

        def perform(values):
            approvals.ask_opening(obj, values["minutes"], values["reason"], form_key=values["key"], **by(request))

        return self.one_act(
            request, obj, AskOpeningForm(posted(request)), title="期初转入", button="提出，等复核", done=ONE_OF_TWO,
            lead="原来的纸质存折，或者别的时间银行签字盖章的转出单。要两个人办。", perform=perform,
        )  # fmt: skip

    def kin_view(self, request, object_id):
        obj = self.actable(request, object_id)

        def perform(values):
            kinship.verify(
                obj.person, values["kin"], values["relation"], values["proof"], unit=obj.unit, actor=request.user,
                on=timezone.localdate(),
            )  # fmt: skip

        form = KinForm(posted(request), user=request.user)
        new = format_html('没有登记过的亲属，请点<a href="{}">登记新的亲属</a>。', self.url_of("newkin", obj))
        return self.one_act(
            request, obj, form, title="核实亲属", button="核实", done="已核实，可以互相赠送了。",
            lead=format_html("{}{}", SEEN_PAPER, new), perform=perform,
        )  # fmt: skip

    def newkin_view(self, request, object_id):
        """Somebody who is in no register, such as the mother of a volunteer."""
        obj = self.actable(request, object_id)
        form = NewKinForm(posted(request))

        def perform(values):
            kinship.verify_newcomer(
                obj.person, form.facts(), values["relation"], values["proof"], unit=obj.unit, actor=request.user,
                on=timezone.localdate(), form_key=values["key"],
            )  # fmt: skip

        return self.one_act(
            request, obj, form, title="登记新的亲属", button="登记并核实", done="已登记、已核实，可以互相赠送了。",
            lead=f"{SEEN_PAPER}先在“核实亲属”里找过、确实没有的，才在这里登记。", perform=perform,
        )  # fmt: skip

    def ask_view(self, request, object_id):
        """Help asked for on behalf of the holder, who may be in no other register; paid with his minutes or not."""
        obj = self.actable(request, object_id)
        if not request.user.has_perm("volunteers.add_servicerequest"):
            raise PermissionDenied
        teams = Team.objects.visible_to(request.user, "volunteers.add_servicerequest")
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        form = AskForm(
            posted(request), teams=teams.filter(closed_on__isnull=True, voided_at__isnull=True),
            initial={"on": tomorrow, "starts": 9 * 60, "ends": 11 * 60, "spends": obj.available > 0},
        )  # fmt: skip

        def perform(values):
            said = {name: value for name, value in values.items() if name != "key"}
            facts = RequestFacts(receiver=obj.person, unit=obj.unit, asked_as=AskedAs.SELF, **said)
            row = ask(facts, form_key=values["key"], **by(request))
            return f"已登记，找到 {row.proposals.count()} 位合适的志愿者。请到“求助”里点“问志愿者”。"

        return self.one_act(
            request, obj, form, title="替他求助", button="登记，找志愿者", done="已登记。", perform=perform,
            lead=f"他现在可用{time_words(obj.available)}。不用时间币也可以求助。",
        )  # fmt: skip

    def out_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = OutForm(posted(request), initial={"hours": obj.available // 60, "rest": obj.available % 60})

        def perform(values):
            transfers_out.make_statement(
                obj, values["to_bank"], values["minutes"], closes=values["closes"], form_key=values["key"],
                **by(request),
            )  # fmt: skip

        return self.one_act(
            request, obj, form, title="转到别处", button="开转出单", perform=perform,
            lead="开出转出单，双方签字盖章收回以后才转走；在那以前这些时间预留着，不能用。",
            done="转出单已开好，请到“转出单”里打印。",
        )  # fmt: skip

    def freeze_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, WhyForm(posted(request)), title="冻结", button="冻结", done="已冻结。",
            lead="冻结以后不能存、用、送，解冻以前都这样。",
            perform=lambda v: settling.freeze(obj, v["reason"], actor=request.user, on=timezone.localdate()) and None,
        )  # fmt: skip

    def thaw_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(posted(request)), title="解冻", button="解冻", done="已解冻。",
            lead=f"冻结原因：{obj.freeze_reason}。解冻以后可以照常使用。",
            perform=lambda _: settling.thaw(obj, actor=request.user) and None,
        )  # fmt: skip

    def close_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, PortalForm(posted(request)), title="销户", button="销户", done="已销户。",
            lead="账户里没有时间了。销户以后流水还在；他以后再帮助别人，会开新的账户。",
            perform=lambda _: settling.close(obj, actor=request.user, on=timezone.localdate()) and None,
        )  # fmt: skip

    def settle_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = SettleForm(posted(request), kin=relatives_of(obj.person_id))
        until = settling.decide_until(obj, timezone.localdate())

        def perform(values):
            settling.settle(obj, values["heir"], values["reason"], form_key=values["key"], **by(request))

        return self.one_act(
            request, obj, form, title="按家属决定结清", button="结清并销户", done="已结清并销户。", perform=perform,
            lead=f"余额{time_words(obj.balance)}。家属在{until}（含）以前决定给哪一位核实过的亲属，或者捐入公共池。",
        )  # fmt: skip

    def passbook_view(self, request, object_id):
        """The passbook of one year, A4."""
        obj: Account = self.readable(request, object_id)
        asked = request.GET.get("year", "")
        year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:5]) <= 2199 else timezone.localdate().year
        people = self.people_of(obj)
        audit.look("bank.passbook", actor=request.user, people=people, target=self._target(obj), request=request)
        frame = frame_for(request, "时间存折", recall=False, back_url=self.url_of("change", obj))
        context = {"frame": frame, "book": passbook_of(obj, year)}
        response = render(request, "print/volunteers/passbook.html", context)
        response["Cache-Control"] = "no-store"
        return response
