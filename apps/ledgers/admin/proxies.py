"""家属授权: who may act for whom, until when and how it was agreed; granted from the person's page."""

import datetime as dt
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments, audit, papers
from apps.common.admin import RecordAdmin
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.models import Paper
from apps.common.printing import frame_for
from apps.ledgers.services.family import open_proxy_account, print_form, take_form_back
from apps.organisation.queries import rule_values
from apps.people import proxies
from apps.people.choices import GrantEnd, GrantMethod, ProxyScope
from apps.people.family_rules import FamilyRules
from apps.people.models import Person, ProxyGrant, Relative
from apps.people.models.family import SCOPE_FIELDS
from apps.people.services import save_relative
from apps.registry.admin.parts import cadre_url
from apps.registry.admin.scope import OfPersonMixin, may_on

from .filters import DefaultFilter
from .proxy_forms import ADD, DAY, EndForm, GrantForm, RenewForm, SignedForm, renewal_values

VIEW_ACCOUNT = "accounts.view_personalaccount"


class StateFilter(DefaultFilter):
    default_label = "生效的和等签字的"
    title, parameter_name = "情况", "state"

    def lookups(self, request, model_admin):
        return [
            ("ending", "快到期"), ("waiting", "等签字收回"), ("current", "生效的"), ("over", "已停止或到期"),
            ("all", "全部"),
        ]  # fmt: skip

    def queryset(self, request, queryset):
        today, value = timezone.localdate(), self.value()
        if value == "ending":
            return queryset.current(today).filter(ends_on__lte=today + notice_days(today) * DAY)
        if value == "waiting":
            return queryset.standing().filter(agreed_on__isnull=True, ends_on__gt=today)
        if value == "current":
            return queryset.current(today)
        if value == "over":
            return queryset.filter(Q(closed_at__isnull=False) | Q(ends_on__lte=today))
        return queryset if value == "all" else queryset.standing().filter(ends_on__gt=today)


class ScopeFilter(admin.SimpleListFilter):
    title, parameter_name = "能办什么", "scope"

    def lookups(self, request, model_admin):
        return ProxyScope.choices

    def queryset(self, request, queryset):
        return queryset.filter(**{SCOPE_FIELDS[self.value()]: True}) if self.value() in SCOPE_FIELDS else queryset


@admin.register(ProxyGrant)
class ProxyGrantAdmin(OfPersonMixin, RecordAdmin):
    add_label = "登记家属授权"
    empty_words = "在老同志的页面上点“登记家属授权”，会列在这里。"
    list_display = ("who", "relative_words", "scope_list", "method", "until", "state", "account")
    list_display_links = ("who",)
    list_filter = (StateFilter, ScopeFilter, "method")
    search_fields = ("person__name", "relative__name")
    search_help_text = "老同志或家属的姓名"
    select_related_in_list = ("person", "relative", "user")
    select_related_in_record = ("person", "relative", "user", "paper", "proof", "heard_by", "recorded_by", "closed_by")
    ordering = ("ends_on", "pk")
    sortable_by = ()

    def has_add_permission(self, request):
        """Granted from a person's page only: the list has nobody to add for."""
        return super().has_add_permission(request) and "person" in request.GET

    def title_of(self, obj):
        return f"{obj.person.name}的家属授权：{obj.relative.name}"

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        days, rows = notice_days(timezone.localdate()), list(changelist.result_list)
        for row in rows:
            row.notice_days = days
        changelist.result_list = rows
        return changelist

    @admin.display(description="老同志")
    def who(self, obj):
        return obj.person.name

    @admin.display(description="家属")
    def relative_words(self, obj):
        return relative_words(obj)

    @admin.display(description="能办什么")
    def scope_list(self, obj):
        return obj.scope_words

    @admin.display(description="到哪天为止")
    def until(self, obj):
        return f"{obj.ends_on - DAY:%Y-%m-%d}"

    @admin.display(description="情况")
    def state(self, obj):
        words, tone = state_of(obj, timezone.localdate(), obj.notice_days)
        return format_html('<span class="tag {}">{}</span>', tone, words)

    @admin.display(description="账号")
    def account(self, obj):
        return "有" if obj.user_id else "没有"

    # Pages

    def get_urls(self):
        views = {
            "print": self.print_view, "enter": self.enter_view, "renew": self.renew_view, "end": self.end_view,
            "account": self.account_view, "proof": self.proof_view,
        }  # fmt: skip
        pages = [
            path(f"<path:object_id>/{name}/", self.staff_view(view), name=f"people_proxygrant_{name}")
            for name, view in views.items()
        ]
        return [*pages, *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        person = self.person_of(request)
        today = timezone.localdate()
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        first = GrantForm.first_values(request.user, today)
        form = GrantForm(*sent, person_id=person.pk, user=request.user, initial=first)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    grant = self.store(request, person, form.cleaned_data, today)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                waits = grant.method == GrantMethod.SIGNED
                words = "已登记。请打印授权书，本人签好收回以后才生效。" if waits else "已登记，现在就生效。"
                messages.success(request, words)
                return HttpResponseRedirect(self.url_of("change", grant))
        context = {
            "title": f"登记家属授权：{person.name}",
            "form": form,
            "media": form.media,
            "lead": "老同志自己决定让谁看、让谁办。三项分开授权，最长一年，随时可以停。两个子女可以各有一份。",
            "back": cadre_url(self.admin_site, person.pk),
            "buttons": [("save", "登记")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def person_of(self, request) -> Person:
        value = request.GET.get("person", "")
        if not value.isdecimal() or len(value) > 18 or not may_on(request, int(value), ADD):
            raise PermissionDenied
        return Person.objects.get(pk=int(value))

    def store(self, request, person: Person, values: dict, today: dt.date) -> ProxyGrant:
        relative = values["relative"]
        if relative is None:
            relative = Relative(person=person, name=values["new_name"], relation=values["new_relation"])
            try:
                save_relative(relative, values["new_phone"], actor=request.user, request=request)
            except BusinessError as refusal:
                raise BusinessError(refusal.sentence, code=refusal.code, field="new_phone") from refusal
        agreement = self.agreement(request, values)
        grant = proxies.grant(
            relative, values["scopes"], agreement, starts_on=values["starts_on"], ends_on=values["last_day"] + DAY,
            actor=request.user, today=today,
        )  # fmt: skip
        if grant.method == GrantMethod.SIGNED:
            print_form(grant, actor=request.user, on=today)
        return grant

    @staticmethod
    def agreement(request, values: dict) -> proxies.Agreement:
        """Only what belongs to the chosen way; what was typed for another is left out."""
        method = values["method"]
        if method == GrantMethod.SIGNED:
            return proxies.Agreement(method)
        if method == GrantMethod.SPOKEN:
            return proxies.Agreement(
                method, on=values["agreed_on"], heard_by=values["heard_by"], how=values["how"], words=values["words"]
            )
        proof = values["proof"] and papers.store_proof(values["proof"].read(), "proxy_proof", actor=request.user)
        return proxies.Agreement(
            method, on=values["agreed_on"], document=values["document"], guardian_as=values["guardian_as"],
            proof=proof or None,
        )  # fmt: skip

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What was agreed and how; what can be done with it now."""
        grant = self.get_object(request, object_id)
        if request.method == "POST" or not self.has_view_permission(request, grant):
            raise PermissionDenied
        today = timezone.localdate()
        words, tone = state_of(grant, today, notice_days(today))
        context = {
            "title": self.title_of(grant),
            "original": grant,
            "grant": grant,
            "state": {"words": words, "tone": tone},
            "facts": facts_of(grant),
            "renewals": list(grant.renewals.select_related("called_by")),
            "tools": self.tools_of(request, grant, today),
            "home": cadre_url(self.admin_site, grant.person_id),
            "history_url": self.url_of("history", grant),
        }
        return self.page(request, "admin/ledgers/proxy_grant.html", context)

    def tools_of(self, request, grant: ProxyGrant, today: dt.date) -> list[dict]:
        tools = []
        if not self.may_change(request, grant):
            return tools
        standing = grant.closed_at is None and grant.voided_at is None and grant.ends_on > today
        if standing and grant.agreed_on is None:
            tools = [("授权书签好收回了", "enter"), ("打印授权书", "print")]
        elif grant.is_current(today):
            tools = [] if grant.user_id else [("开立账号", "account")]
            tools.append(("打电话续期", "renew"))
        if grant.proof_id:
            tools.append(("看监护证明", "proof"))
        if standing:
            tools.append(("停止授权", "end"))
        found = [
            {"label": label, "url": self.url_of(page, grant), "main": place == 0}
            for place, (label, page) in enumerate(tools)
        ]
        if grant.user_id and request.user.has_perm(VIEW_ACCOUNT):
            url = reverse(f"{self.admin_site.name}:accounts_personalaccount_change", args=[grant.user_id])
            found.append({"label": "登录方式", "url": url, "main": False})
        return found

    def act(self, request, grant, form, step, *, title: str, lead: str, button: str, done: str, target=None):
        """A page with one form on a grant: `step(values)` does it."""
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    step(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(target() if target else self.url_of("change", grant))
        context = {
            "title": f"{title}：{self.title_of(grant)}", "original": grant, "form": form, "media": form.media,
            "lead": lead, "back": self.url_of("change", grant), "buttons": [("save", button)],
            "list_url": reverse(f"{self.admin_site.name}:people_proxygrant_changelist"), "list_words": "家属授权",
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def enter_view(self, request, object_id):
        """The signed form is back."""
        grant = self.changeable_object(request, object_id)
        today = timezone.localdate()
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = SignedForm(*sent, initial={"signed_on": today})

        def step(values):
            data = values["scan"].read() if values["scan"] else None
            take_form_back(grant, signed_on=values["signed_on"], data=data, actor=request.user, on=today)

        code = grant.paper.code if grant.paper else "（没有打印）"
        return self.act(
            request, grant, form, step, title="授权书收回", button="收回并生效", done="授权书已收回，授权现在生效。",
            lead=f"编码 {code}。在“纸质表”里已经交过扫描件的，这里不用再选。",
        )  # fmt: skip

    def renew_view(self, request, object_id):
        grant = self.changeable_object(request, object_id)
        today = timezone.localdate()
        form = RenewForm(*sent_of(request), initial=renewal_values(grant))

        def step(values):
            ends_on = values["last_day"] + DAY
            proxies.renew(
                grant, called_on=values["called_on"], words=values["words"], ends_on=ends_on, actor=request.user,
                today=today,
            )  # fmt: skip

        return self.act(
            request, grant, form, step, title="打电话续期", button="续期", done="已续期。",
            lead=f"请打老同志本人登记的电话，问他是不是还让{grant.relative.name}{grant.scope_words}。"
            "项目要改的，不能续期，请重新登记一份。",
        )  # fmt: skip

    def end_view(self, request, object_id):
        grant = self.changeable_object(request, object_id)
        form = EndForm(*sent_of(request))
        return self.act(
            request, grant, form,
            lambda values: proxies.close(grant, GrantEnd.STAFF, actor=request.user, note=values["note"]),
            title="停止授权", button="确定停止", done="已停止，马上不能再看、再办。",
            lead="停止以后，这位家属马上不能再看、再办。要恢复，须老同志重新同意。",
        )  # fmt: skip

    def account_view(self, request, object_id):
        grant = self.changeable_object(request, object_id)
        form = EndForm(*sent_of(request))
        del form.fields["note"]
        opened = []

        def step(values):
            opened.append(open_proxy_account(grant, actor=request.user, on=timezone.localdate()))

        def target():
            if not request.user.has_perm(VIEW_ACCOUNT):
                return self.url_of("change", grant)
            return reverse(f"{self.admin_site.name}:accounts_personalaccount_change", args=[opened[0].pk])

        return self.act(
            request, grant, form, step, title="开立账号", button="开立账号", target=target,
            done="账号已开立。请接着开通登录手机，或者发二维码卡。",
            lead=f"给{grant.relative.name}开立一个账号，用手机验证码或二维码卡登录，不用密码。授权停了，账号也就看不到了。",
        )  # fmt: skip

    def print_view(self, request, object_id):
        """The form on A4; sending prints it anew where the paper was cancelled."""
        grant = self.changeable_object(request, object_id)
        if request.method == "POST":
            print_form(grant, actor=request.user, on=timezone.localdate())
            return HttpResponseRedirect(self.url_of("print", grant))
        paper: Paper | None = grant.paper
        if grant.method != GrantMethod.SIGNED or paper is None or grant.closed_at:
            messages.warning(request, "这份授权没有要打印的授权书。")
            return HttpResponseRedirect(self.url_of("change", grant))
        audit.look("print", actor=request.user, people=[grant.person_id], target=f"people.proxygrant:{grant.pk}",
                   request=request)  # fmt: skip
        frame = frame_for(request, "家属代办授权书", paper=paper, recall=False, back_url=self.url_of("change", grant))
        boxes = [(words, grant.allows(scope)) for scope, words in SCOPE_ON_PAPER.items()]
        context = {"frame": frame, "grant": grant, "boxes": boxes, "last_day": grant.ends_on - DAY,
                   "relation": relation_words(grant.relative), "cancelled": paper.state not in papers.OUT}  # fmt: skip
        return self.page(request, "print/proxy_form.html", context)

    def proof_view(self, request, object_id):
        """The guardian's proof, logged before its first byte."""
        grant = self.changeable_object(request, object_id)
        if grant.proof is None:
            messages.error(request, "这份授权没有监护证明的扫描件。")
            return HttpResponseRedirect(self.url_of("change", grant))
        data = attachments.read(grant.proof)
        audit.look("download", actor=request.user, people=[grant.person_id], target=f"people.proxygrant:{grant.pk}",
                   request=request)  # fmt: skip
        response = HttpResponse(data, content_type=grant.proof.content_type)
        way = "inline" if grant.proof.content_type.startswith("image/") else "attachment"
        response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(grant.proof.filename)}"
        response["Cache-Control"] = "no-store"
        return response


SCOPE_ON_PAPER = {
    ProxyScope.ENROL: "替我报名参加课程和活动，替我提出更改电话、住址（由老干部局核实后再改）",
    ProxyScope.PROMISES: "查看谁照顾我、答应了我什么、什么时候办",
    ProxyScope.HEALTH: "查看登记的住院、体检和健康情况",
}


def sent_of(request) -> tuple:
    return (request.POST,) if request.method == "POST" else ()


def relation_words(relative: Relative) -> str:
    return relative.relation_note or names_of("relation").get(relative.relation, "")


def relative_words(grant: ProxyGrant) -> str:
    relation = relation_words(grant.relative)
    return f"{grant.relative.name}（{relation}）" if relation else grant.relative.name


def notice_days(on: dt.date) -> int:
    return rule_values(FamilyRules.rule_key, on=on).notice_days


def state_of(grant: ProxyGrant, on: dt.date, notice: int) -> tuple[str, str]:
    """(words, tone) of a grant on a day."""
    if grant.closed_at is not None:
        return grant.get_closed_because_display() or "已停止", ""
    if grant.ends_on <= on:
        return "已到期", ""
    if grant.agreed_on is None:
        return "等签字收回", "soon"
    if on < grant.starts_on:
        return f"{grant.starts_on:%m-%d} 起生效", "info"
    left = (grant.ends_on - on).days
    return (f"还有 {left} 天到期", "soon") if left <= notice else ("生效", "done")


def facts_of(grant: ProxyGrant) -> list[tuple[str, object]]:
    """How it was agreed, by the way it was."""
    rows: list[tuple[str, object]] = [
        ("家属", relative_words(grant)),
        ("能办什么", grant.scope_words),
        ("哪天到哪天", f"{grant.starts_on:%Y-%m-%d} 至 {grant.ends_on - DAY:%Y-%m-%d}"),
        ("怎样同意", grant.get_method_display()),
        ("同意日期", f"{grant.agreed_on:%Y-%m-%d}" if grant.agreed_on else "还没有签字收回"),
    ]
    if grant.method == GrantMethod.SPOKEN:
        rows += [("谁听的", f"{grant.heard_by}（{grant.get_spoken_how_display()}）"), ("原话", grant.spoken_words)]
    if grant.method == GrantMethod.GUARDIAN:
        rows += [("监护关系", grant.get_guardian_as_display()), ("凭什么证明", grant.guardian_document)]
    if grant.paper_id:
        rows.append(("授权书", f"编码 {grant.paper.code}，{grant.paper.get_state_display()}"))
    rows.append(("登记人", grant.recorded_by))
    if grant.closed_at:
        at = timezone.localtime(grant.closed_at)
        rows.append(("停止", f"{at:%Y-%m-%d %H:%M} {grant.get_closed_because_display()}　{grant.close_note}".strip()))
    return rows
