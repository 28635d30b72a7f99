"""How branch people, old cadres and their families sign in: phones, cards and remembered devices of an account, and
the calls that are waited for. Secrets are shown once, in the answer itself."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.accounts import cards, devices, phone_codes, phone_logins
from apps.accounts.models import CallRequest, PersonalAccount, PhoneLogin, RememberedDevice, SignInCard
from apps.accounts.standing import words_of
from apps.branches.forms.sign_in import CardForm, OpenPhoneForm, TellForm
from apps.branches.models import Post
from apps.branches.services.sign_in import open_for_post
from apps.branches.standings import account_standings
from apps.common import audit
from apps.common.admin import RecordAdmin
from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.phone import masked_phone, readable_phone
from apps.common.printing import frame_for
from apps.people.models import PersonAccount, Phone, Relative
from apps.registry.models import Cadre

MOST_SHOWN = 20


def accounts_for(user, permission: str):
    """Accounts without a staff flag that belong to people in the user's reach: by a post, as his own or for him."""
    if not user.has_perm(permission):
        return PersonalAccount.objects.none()
    people = Cadre.objects.visible_to(user, permission).values("pk")
    posts = Post.objects.filter(person_id__in=people, user__isnull=False).values("user_id")
    own = PersonAccount.objects.filter(person_id__in=people).values("user_id")
    return PersonalAccount.objects.filter(Q(pk__in=posts) | Q(pk__in=own), is_staff=False)


def _count_of(rows) -> Subquery:
    """How many of `rows` are an account's, asked for the rows of one page only; None for none."""
    own = rows.filter(user=OuterRef("pk")).order_by()
    return Subquery(own.values("user").annotate(count=Count("pk")).values("count"))


def numbers_of(standing) -> dict[bytes, tuple[str, str]]:
    """Numbers on record that this account may sign in by: blind index → (number in clear, whose)."""
    if standing is None:
        return {}
    wanted = list(standing.numbers)
    found = {}
    relatives = Relative.objects.filter(person_id__in=standing.people, phone_index__in=wanted, voided_at__isnull=True)
    for relative in relatives.order_by("pk"):
        found[bytes(relative.phone_index)] = (relative.phone, f"联系人 {relative.name}")
    phones = Phone.objects.filter(person_id__in=standing.people, number_index__in=wanted).select_related("person")
    for phone in phones.order_by("position", "pk"):
        found[bytes(phone.number_index)] = (phone.number, phone.whose or phone.person.name)
    return found


@admin.register(PersonalAccount)
class PersonalAccountAdmin(RecordAdmin):
    list_display = ["display_name", "username", "phone_count", "card_state", "device_count", "is_active"]
    list_display_links = ["display_name"]
    list_filter = ["is_active"]
    search_fields = ["display_name", "username"]
    search_help_text = "姓名或用户名"
    empty_words = "在支部任职页按“开通登录”，或者给老同志、家属开立账号后，这里就有。"
    ordering = ["username", "id"]
    fields = ["display_name"]

    def has_module_permission(self, request):
        """Reached from the menu; the list of what `accounts` holds is the security administrator's."""
        return False

    def rows_for(self, user, permission):
        return accounts_for(user, permission)

    def get_queryset(self, request):
        standing = SignInCard.objects.filter(user=OuterRef("pk"), revoked_at__isnull=True)
        phones = PhoneLogin.objects.filter(closed_at__isnull=True)
        remembered = RememberedDevice.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
        return super().get_queryset(request).annotate(
            phones=_count_of(phones), remembered=_count_of(remembered), has_card=Exists(standing),
            is_locked=Exists(standing.filter(locked_at__isnull=False)),
        )  # fmt: skip

    @admin.display(description="登录手机")
    def phone_count(self, account):
        return account.phones or "没有"

    @admin.display(description="二维码卡")
    def card_state(self, account):
        return "锁住了" if account.is_locked else "有" if account.has_card else "没有"

    @admin.display(description="记住的手机")
    def device_count(self, account):
        return account.remembered or "没有"

    def has_add_permission(self, request):
        return False

    def get_urls(self):
        pages = [
            path(f"<path:object_id>/{key}/", self.staff_view(view), name=f"accounts_personalaccount_{key}")
            for key, view in (("phone", self.phone_view), ("card", self.card_view))
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One page for all: what the account signs in by, each with the button that ends it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        account = self.get_object(request, object_id)
        if request.method == "POST":
            account = self.changeable_object(request, object_id)
            self.stop(request, account)
            return HttpResponseRedirect(self.url_of("change", account))
        standing = self.standing_of(account)
        numbers = numbers_of(standing)
        audit.look("see_sign_in", actor=request.user, people=standing.people if standing else [],
                   target=f"accounts.user:{account.pk}", request=request)  # fmt: skip
        context = {
            "title": account.display_name,
            "original": account,
            "account": account,
            "words": words_of(account, standing),
            "phones": self.phones_of(account, numbers),
            "cards": list(SignInCard.objects.filter(user=account).select_related("issued_by")[:MOST_SHOWN]),
            "devices": list(devices.devices_of(account, timezone.now())),
            "may_change": self.may_change(request, account) and account.is_active,
            "today": timezone.localdate(),
            "urls": {key: self.url_of(key, account) for key in ("phone", "card", "history")},
        }
        return self.page(request, "admin/accounts/personal_account.html", context)

    def standing_of(self, account):
        return account_standings({account.pk}, timezone.localdate()).get(account.pk)

    @staticmethod
    def phones_of(account, numbers) -> list[dict]:
        rows = PhoneLogin.objects.filter(user=account).select_related("opened_by")[:MOST_SHOWN]
        return [
            {"row": row, "number": masked_phone(number), "whose": whose, "on_record": bool(number)}
            for row in rows
            for number, whose in [numbers.get(bytes(row.phone_hash), ("", ""))]
        ]

    def stop(self, request, account) -> None:
        """End what the button names; of this account only."""
        kind, _, key = request.POST.get("stop", "").partition(":")
        pk, actor = int(key) if key.isdecimal() and len(key) < 18 else 0, request.user
        if kind == "phone" and (login := PhoneLogin.objects.filter(pk=pk, user=account).first()):
            phone_logins.close_phone_login(login, actor=actor)
        elif kind == "card" and (card := SignInCard.objects.filter(pk=pk, user=account).first()):
            cards.revoke(card, actor=actor)
        elif kind == "device" and (device := RememberedDevice.objects.filter(pk=pk, user=account).first()):
            devices.revoke(device, actor=actor, now=timezone.now())
        elif kind == "devices":
            devices.revoke_all(account, actor=actor, now=timezone.now())
        else:
            messages.warning(request, "没有选要停用的那一项。")
            return
        messages.success(request, "已停用，他在各处的登录也已退出。")

    def phone_view(self, request, object_id):
        """Open one of the numbers on record for signing in."""
        account = self.changeable_object(request, object_id)
        numbers = numbers_of(self.standing_of(account))
        choices = [(index.hex(), f"{masked_phone(number)}（{whose}）") for index, (number, whose) in numbers.items()]
        form = OpenPhoneForm(posted(request), numbers=choices)
        if request.method == "POST" and form.is_valid():
            try:
                phone = bytes.fromhex(form.cleaned_data["number"])
                phone_logins.open_phone_login(account, phone, actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已开通，他现在可以用这个手机号登录。")
                return HttpResponseRedirect(self.url_of("change", account))
        sentence = "登录时验证码发到这个号码，所以只能选登记在册的。号码不对，先到他的页面改电话。"
        if not choices:
            sentence = "他没有登记电话，或者职务、代办已经结束。请先到他的页面登记电话。"
        context = {
            "title": f"开通登录手机：{account}", "form": form, "sentence": sentence, "button": "开通",
            "back": self.url_of("change", account),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def card_view(self, request, object_id):
        """Issue a card, which ends the one before, and print it at once."""
        account = self.changeable_object(request, object_id)
        form = CardForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                card, token = cards.issue(
                    account, form.cleaned_data["digits"], actor=request.user, on=timezone.localdate()
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return self.printed_card(request, account, card, token)
        context = {
            "title": f"发二维码卡：{account}",
            "form": form,
            "sentence": "打出一张带二维码的卡，本人用手机扫码，再填自己定的四位数字就能登录。以前的卡马上作废。"
            "二维码只在打印页出现这一次，请备好打印机再按，当面交给本人。",
            "button": "发卡并打印",
            "back": self.url_of("change", account),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def printed_card(self, request, account, card: SignInCard, token: str):
        address = reverse("account_card", args=[token])
        base = settings.PUBLIC_URL
        frame = frame_for(
            request, "登录二维码卡", scope=f"{account}　第 {card.pk} 张", signature="本人签收", recall=False,
            back_url=self.url_of("change", account),
        )  # fmt: skip
        audit.record("print", actor=request.user, target=f"accounts.signincard:{card.pk}", request=request)
        image = cards.qr_image(base + address if base else request.build_absolute_uri(address))
        context = {"frame": frame, "card": card, "account": account, "image": image}
        return self.page(request, "print/sign_in_card.html", context)


@admin.register(CallRequest)
class CallRequestAdmin(RecordAdmin):
    """电话报码: who waits for a call. Seen are requests for numbers by which somebody in reach signs in."""

    list_display = ["asked_at", "names", "state", "told_by"]
    list_display_links = ["asked_at"]
    list_filter = ["told_by"]
    select_related_in_list = ("told_by",)
    ordering = ["-id"]
    empty_words = "收不到短信的同志在登录页按“请工作人员打电话告诉我”，就出现在这里。"
    fields = ["asked_at"]

    def has_module_permission(self, request):
        """Reached from the menu; the list of what `accounts` holds is the security administrator's."""
        return False

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return CallRequest.objects.none()
        reach = accounts_for(user, permission).filter(is_active=True).order_by().values("pk")
        numbers = PhoneLogin.objects.filter(closed_at__isnull=True, user__in=reach).values("phone_hash")
        return CallRequest.objects.filter(by_call=True, phone_hash__in=numbers)

    def get_list_filter(self, request):
        return []

    def has_add_permission(self, request):
        return False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = changelist.result_list
        self.names_of = self.accounts_by_number(request, [bytes(row.phone_hash) for row in rows])
        return changelist

    def accounts_by_number(self, request, numbers: list[bytes]) -> dict[bytes, list[PersonalAccount]]:
        """Accounts in reach that sign in by each number."""
        reach = {account.pk: account for account in accounts_for(request.user, self.right("view")).filter(
            phone_logins__phone_hash__in=numbers, phone_logins__closed_at__isnull=True)}  # fmt: skip
        found: dict[bytes, list[PersonalAccount]] = {}
        logins = PhoneLogin.objects.filter(user__in=reach, phone_hash__in=numbers, closed_at__isnull=True)
        for login in logins.order_by("pk"):
            found.setdefault(bytes(login.phone_hash), []).append(reach[login.user_id])
        return found

    @admin.display(description="谁")
    def names(self, row):
        return "、".join(str(account) for account in self.names_of.get(bytes(row.phone_hash), []))

    @admin.display(description="情况")
    def state(self, row):
        if row.used_at:
            return "已登录"
        if row.told_at:
            return "已报码"
        return "已过期" if row.expires_at <= timezone.now() else "等电话"

    def title_of(self, obj):
        return "电话报码"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Call the number on record, then read out the code that appears, once."""
        row = self.get_object(request, object_id)
        if request.method == "POST" and not self.may_change(request, row):
            raise PermissionDenied
        accounts = self.accounts_by_number(request, [bytes(row.phone_hash)]).get(bytes(row.phone_hash), [])
        found = account_standings({account.pk for account in accounts}, timezone.localdate())
        numbers = {key: value for one in found.values() for key, value in numbers_of(one).items()}
        number, whose = numbers.get(bytes(row.phone_hash), ("", ""))
        form, code = TellForm(posted(request)), ""
        people = {pk: one.people for pk, one in found.items()}
        if request.method == "POST" and form.is_valid():
            code = self.tell(request, row, form, accounts, people, bool(number))
        shown = {pk for one in people.values() for pk in one}
        audit.look("see_contact", actor=request.user, people=shown, fields=["phone_number"],
                   target=f"accounts.callrequest:{row.pk}", request=request)  # fmt: skip
        context = {
            "title": "电话报码",
            "original": row,
            "row": row,
            "state": self.state(row),
            "people": [(account, words_of(account, found.get(account.pk))) for account in accounts],
            "number": readable_phone(number),
            "dial": number,
            "whose": whose,
            "form": form,
            "code": f"{code[:3]} {code[3:]}" if code else "",
            "may_tell": self.may_change(request, row) and bool(number),
            "back": reverse(f"{self.admin_site.name}:accounts_callrequest_changelist"),
        }
        return self.page(request, "admin/accounts/call_request.html", context, status=422 if form.errors else 200)

    def tell(self, request, row, form, accounts, people, is_on_record: bool) -> str:
        """The code to read out; empty with the form's error where there is none to tell."""
        try:
            if not is_on_record:
                raise BusinessError("这个号码已经不在登记里，不能报码。请先核对他的电话。", code="off_record")
            return phone_codes.tell(row, actor=request.user, users=accounts, people=people, now=timezone.now())
        except BusinessError as refusal:
            form.refuse(refusal)
            return ""


class PostSignIn:
    """开通登录 on a post's page; mixed into PostAdmin."""

    def get_urls(self):
        view = self.staff_view(self.account_view)
        return [path("<path:object_id>/account/", view, name="branches_post_account"), *super().get_urls()]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not request.user.has_perm("accounts.view_personalaccount"):
            return tools
        if obj.user_id and accounts_for(request.user, "accounts.view_personalaccount").filter(pk=obj.user_id).exists():
            url = reverse(f"{self.admin_site.name}:accounts_personalaccount_change", args=[obj.user_id])
            return [*tools, {"label": "登录方式", "url": url}]
        if obj.user_id is None and obj.ends_on is None and self.may_change(request, obj):
            return [*tools, {"label": "开通登录", "url": self.url_of("account", obj)}]
        return tools

    def account_view(self, request, object_id):
        """Open an account for the holder of a post; numbers and cards are opened on the account's own page."""
        post = self.changeable_object(request, object_id)
        form = PortalForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                account = open_for_post(post, actor=request.user)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "账号已开立。请接着开通登录手机，或者发二维码卡。")
                page = f"{self.admin_site.name}:accounts_personalaccount_change"
                return HttpResponseRedirect(reverse(page, args=[account.pk]))
        context = {
            "title": f"开通登录：{post.person}",
            "form": form,
            "sentence": f"给{post.person}同志开立一个账号，用手机验证码或二维码卡登录支部工作台，不用密码。"
            "任期结束，权限跟着结束。",
            "button": "开立账号",
            "back": self.url_of("change", post),
        }
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)
