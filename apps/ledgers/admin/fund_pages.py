"""Pages of one meeting, notice or payment list of a fund: to print, to note objections and receipts on."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.choices.aid import AidState, ObjectionOutcome
from apps.ledgers.forms.funds import AnswerForm, ObjectionForm, ReceiptLine
from apps.ledgers.models import AidObjection
from apps.ledgers.queries.aid import state_words
from apps.ledgers.services import aid_papers, aid_paying

from .aid_sheets import granted_words, meeting_sheet, notice_sheet, of_list, receipts_sheet, send, unit_of


class FundPages:
    """Mixin of FundYearAdmin. Only parts of the fund in the address are found."""

    def part(self, request, pk: int, rows, public_id):
        """(fund, its part); 404 for one of another fund."""
        fund = self.viewable(request, pk)
        found = getattr(fund, rows).select_related("fund__unit").filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return fund, found

    def part_url(self, page: str, part) -> str:
        return reverse(f"admin:ledgers_fundyear_{page}", args=[part.fund_id, part.public_id])

    # Meeting

    def meeting_print(self, request, pk: int, part):
        fund, meeting = self.part(request, pk, "meetings", part)
        target = f"ledgers.aidmeeting:{meeting.pk}"
        return send(request, meeting_sheet(meeting), back_url=self.url_of("change", fund), target=target)

    # Notice

    def notice_page(self, request, pk: int, part):
        """Who stands on it, whether it is over, what was said against it."""
        fund, notice = self.part(request, pk, "notices", part)
        today = timezone.localdate()
        works = self.works_on(request, fund)
        objections = [
            {
                "row": row,
                "content": row.content if works else "（只给经办人看）",
                "url": reverse("admin:ledgers_fundyear_answer", args=[fund.pk, row.public_id])
                if works and row.outcome == ObjectionOutcome.OPEN
                else "",
            }
            for row in notice.objections.select_related("application__cadre__person")
        ]
        if objections and works:
            people = [row["row"].application.cadre_id for row in objections if row["row"].application_id]
            audit.look("aid.see", actor=request.user, people=people, fields=["objection"], request=request,
                       target=f"ledgers.aidnotice:{notice.pk}")  # fmt: skip
        over = notice.ends_on <= today
        context = {
            "title": f"{notice}：{fund}", "fund": fund, "notice": notice, "objections": objections, "works": works,
            "over": over, "rows": self._people(of_list(notice.applications.select_related("notice")), today),
            "print_url": self.part_url("notice_print", notice), "back": self.url_of("change", fund),
            "object_url": self.part_url("object", notice) if works else "",
            "facts": [
                ("公示时间", f"{notice.starts_on} 至 {notice.last_day}（{'已期满' if over else '公示中'}）"),
                ("地点", notice.place), ("监督电话", notice.contact),
            ],
        }  # fmt: skip
        return self.page(request, "admin/ledgers/fund_notice.html", context)

    def _people(self, rows, today) -> list[dict]:
        found = []
        for row in rows:
            words, tone = state_words(row, today)
            url = reverse("admin:ledgers_aidapplication_change", args=[row.pk])
            found.append(
                {
                    "row": row,
                    "unit": unit_of(row),
                    "given": granted_words(row),
                    "url": url,
                    "words": words,
                    "tone": tone,
                }
            )
        return found

    def notice_print(self, request, pk: int, part):
        _, notice = self.part(request, pk, "notices", part)
        target = f"ledgers.aidnotice:{notice.pk}"
        back = self.part_url("notice_page", notice)
        return send(request, notice_sheet(notice), back_url=back, target=target, recall=False)

    def object_view(self, request, pk: int, part):
        fund, notice = self.part(request, pk, "notices", part)
        fund = self.workable(request, fund.pk)
        rows = notice.applications.visible_to(request.user).select_related("cadre__person").order_by("pk")
        data = request.POST if request.method == "POST" else None
        form = ObjectionForm(data, rows=rows, initial={"received_on": timezone.localdate()})
        if data is not None and form.is_valid():
            values = dict(form.cleaned_data)
            key = values.pop("key")
            try:
                aid_paying.object_to(notice, **values, actor=request.user, form_key=key)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已登记异议，核查以前不发放。")
                return HttpResponseRedirect(self.part_url("notice_page", notice))
        lead = "对某一位的异议，只停这一位的发放；对整批的，全部先停。"
        return self.form_page(request, form, f"登记异议：{notice}", lead, self.part_url("notice_page", notice))

    def answer_view(self, request, pk: int, part):
        fund = self.workable(request, pk)
        row = AidObjection.objects.select_related("notice").filter(notice__fund=fund, public_id=part).first()
        if row is None:
            raise Http404
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                aid_paying.answer(row, **form.cleaned_data, on=timezone.localdate(), actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                upheld = form.cleaned_data["outcome"] == ObjectionOutcome.UPHELD
                words = "异议成立：请在申请页面点“不批准”，金额退回资金。" if upheld else "异议不成立，可以接着办。"
                messages.success(request, f"已登记。{words}")
                return HttpResponseRedirect(self.part_url("notice_page", row.notice))
        back = self.part_url("notice_page", row.notice)
        return self.form_page(request, form, f"登记核查结果：{row.notice}", row.content, back)

    # Payment

    def batch_page(self, request, pk: int, part):
        """The receipts of a payment list, entered row by row as the paper says."""
        fund, batch = self.part(request, pk, "batches", part)
        works, today = self.works_on(request, fund), timezone.localdate()
        rows = of_list(batch.applications.select_related("notice"))
        data = request.POST if request.method == "POST" and works else None
        forms = {
            row.pk: ReceiptLine(data, row=row, initial={"on": today})
            for row in rows
            if works and row.state == AidState.PAID
        }
        if data is not None and all([form.is_valid() for form in forms.values()]) and self._receive(request, forms):
            return HttpResponseRedirect(self.part_url("batch_page", batch))
        shown = [
            {
                "name": row.cadre.person.name, "form": forms.get(row.pk),
                "cells": [row.cadre.person.name, granted_words(row), row.payee, self._receipt(row)],
            }
            for row in rows
        ]  # fmt: skip
        bad = any(form.errors for form in forms.values())
        context = {
            "title": f"{batch}：{fund}", "fund": fund, "batch": batch, "rows": shown, "waits": bool(forms),
            "columns": ["老同志", "金额（元）", "收款人", "签收"],
            "fields": ["签收日期", "签收人", "代领关系"] if forms else [],
            "print_url": self.part_url("batch_print", batch), "back": self.url_of("change", fund),
            "facts": [
                ("发放日期", batch.paid_on), ("方式", batch.get_method_display()), ("凭证号", batch.voucher),
                ("签领表编码", batch.paper.code if batch.paper_id else "还没有打印"),
            ],
        }  # fmt: skip
        return self.page(request, "admin/ledgers/fund_batch.html", context, status=422 if bad else 200)

    def _receipt(self, row) -> str:
        if not row.received_on:
            return row.get_state_display()
        proxy = f"（代领，{row.receiver_relation}）" if row.receiver_relation else ""
        return f"{row.received_on}　{row.receiver}{proxy}"

    def _receive(self, request, forms: dict) -> bool:
        done = refused = 0
        for form in forms.values():
            values = form.cleaned_data
            if not values["receiver"]:
                continue
            try:
                aid_paying.receive(form.row, **values, actor=request.user)
                done += 1
            except BusinessError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                refused += 1
        if done:
            messages.success(request, f"已登记 {done} 位签收。")
        if not done and not refused:
            messages.info(request, "没有填签收人的行不动。")
        return not refused

    def batch_print(self, request, pk: int, part):
        fund, batch = self.part(request, pk, "batches", part)
        numbers = batch.paper_id is None and self.works_on(request, fund)
        if request.method == "POST" and numbers:
            aid_papers.list_paper(batch, actor=request.user)
            return HttpResponseRedirect(self.part_url("batch_print", batch))
        target = f"ledgers.aidbatch:{batch.pk}"
        back = self.part_url("batch_page", batch)
        return send(
            request,
            receipts_sheet(batch),
            back_url=back,
            target=target,
            paper=batch.paper,
            number_as="编号，等收回" if numbers else "",
        )
