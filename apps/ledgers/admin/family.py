"""家属授权 and the person's own account, on the page of a person."""

import datetime as dt

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet, Value
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.ledgers.services.family import close_own_account, open_own_account, own_account
from apps.people.choices import ChangeKind, ChangeState, ProxyScope
from apps.people.models import ChangeRequest, PersonAccount, ProxyGrant
from apps.registry.admin.page import Row, Section
from apps.registry.admin.scope import may_on

from .proxies import ADD, DAY

VIEW, VIEW_REQUESTS = "people.view_proxygrant", "people.view_changerequest"
GRANT, ACCOUNT, WISH = "grant", "account", "wish"
COLUMNS = ("what", "key", "name", "day", "enrol", "promises", "health", "agreed")
VIEW_ACCOUNT, CHANGE_ACCOUNT = "accounts.view_personalaccount", "accounts.change_personalaccount"


class FamilyActs:
    """Mixed into the cadre's admin."""

    page_permissions = (VIEW, ADD, VIEW_REQUESTS, VIEW_ACCOUNT, CHANGE_ACCOUNT)

    def family_urls(self):
        view = self.staff_view(self.own_account_view)
        return [path("<path:object_id>/account/", view, name="registry_cadre_account")]

    def family_sections(self, request, cadre) -> list[Section]:
        """Who may act for him, what he asked for, whether he has an account: one statement."""
        if not may_on(request, cadre.pk, VIEW):
            return []
        facts: dict[str, list] = {}
        for row in self.part(request, cadre, "family"):
            facts.setdefault(row.what, []).append(row)
        section = Section("proxies", "家属授权和账号")
        for fact in facts.get(GRANT, []):
            scopes = "、".join(scope.label for scope in ProxyScope if getattr(fact, scope.value))
            waits = "" if fact.agreed else "，等签字收回"
            section.rows.append(Row(fact.name, f"{scopes}，到 {fact.day - DAY:%Y-%m-%d}{waits}"))
            url = reverse("admin:people_proxygrant_change", args=[fact.key])
            section.links.append({"label": f"{fact.name}的授权", "url": url})
        if not cadre.voided_at and may_on(request, cadre.pk, ADD):
            url = f"{reverse('admin:people_proxygrant_add')}?person={cadre.pk}"
            section.links.insert(0, {"label": "登记家属授权", "url": url})
        self.add_account(request, cadre, section, next(iter(facts.get(ACCOUNT, [])), None))
        if may_on(request, cadre.pk, VIEW_REQUESTS):
            section.links += [
                {
                    "label": f"等核实：改{ChangeKind(fact.name).label}（{fact.day:%m-%d}提出）",
                    "url": reverse("admin:people_changerequest_change", args=[fact.key]),
                }
                for fact in facts.get(WISH, [])
            ]
        return [section]

    def add_account(self, request, cadre, section: Section, account) -> None:
        if not may_on(request, cadre.pk, VIEW_ACCOUNT):
            return
        section.rows.append(Row("本人账号", "有" if account else "没有"))
        if account:
            url = reverse("admin:accounts_personalaccount_change", args=[account.key])
            section.links.append({"label": "本人登录方式", "url": url})
        if not cadre.voided_at and may_on(request, cadre.pk, CHANGE_ACCOUNT):
            label = "停用本人账号" if account else "给本人开立账号"
            section.links.append({"label": label, "url": self.url_of("account", cadre)})

    def own_account_view(self, request, object_id):
        """Open an account for the person himself, or close it."""
        cadre = self.get_object(request, unquote(object_id))
        if not may_on(request, cadre.pk, CHANGE_ACCOUNT) or cadre.voided_at:
            raise PermissionDenied
        today = timezone.localdate()
        account = own_account(cadre.pk, today)
        form = PortalForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                return self.switch_account(request, cadre, account, today)
            except BusinessError as refusal:
                form.refuse(refusal)
        name = cadre.person.name
        lead = (
            f"停用以后，{name}同志不能再看“我的”页面；他在支部任职的账号不受影响。家属的授权也不受影响。"
            if account
            else f"给{name}同志开立一个账号，用手机验证码或二维码卡登录，看谁照顾他、答应了他什么，改电话和住址。"
        )
        context = {
            "title": f"{'停用' if account else '开立'}本人账号：{name}", "original": cadre, "form": form, "lead": lead,
            "back": self.url_of("change", cadre), "buttons": [("save", "停用" if account else "开立账号")],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def switch_account(self, request, cadre, account, today):
        if account:
            close_own_account(cadre.person, actor=request.user, on=today)
            messages.success(request, "已停用本人账号。")
            return HttpResponseRedirect(self.url_of("change", cadre))
        opened = open_own_account(cadre.person, actor=request.user, on=today)
        messages.success(request, "账号已开立。请接着开通登录手机，或者发二维码卡。")
        return HttpResponseRedirect(reverse("admin:accounts_personalaccount_change", args=[opened.pk]))


def family_facts(person_id: int, on: dt.date) -> QuerySet:
    """Grants, the own account and waiting wishes of a person: rows of COLUMNS, `what` says which."""
    grants = ProxyGrant.objects.standing().filter(person_id=person_id, ends_on__gt=on).order_by()
    own = PersonAccount.objects.filter(person_id=person_id, is_proxy=False, ends_on__isnull=True, starts_on__lte=on)
    wishes = ChangeRequest.objects.filter(
        person_id=person_id, state=ChangeState.WAITING, voided_at__isnull=True
    ).order_by()
    none = {name: Value(False) for name in ("enrol", "promises", "health", "agreed")}
    parts = [
        grants.annotate(
            what=Value(GRANT), key=F("pk"), name=F("relative__name"), day=F("ends_on"), enrol=F("may_enrol"),
            promises=F("sees_promises"), health=F("sees_health"), agreed=Q(agreed_on__isnull=False),
        ),
        own.order_by().annotate(what=Value(ACCOUNT), key=F("user_id"), name=Value(""), day=F("starts_on"), **none),
        wishes.annotate(what=Value(WISH), key=F("pk"), name=F("kind"), day=F("asked_on"), **none),
    ]  # fmt: skip
    first, *rest = (part.values_list(*COLUMNS, named=True) for part in parts)
    return first.union(*rest, all=True).order_by("day", "key")
