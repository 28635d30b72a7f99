"""The door of the staff pages, for the admin site of the portal to stand on."""

from allauth.account.views import logout as logout_view
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from .access import has_staff_role


class StaffAccessSite(admin.AdminSite):
    """Opens to accounts with a staff role in force; `is_staff` alone gives nothing. Signing in, signing out and
    changing the password are the portal's own pages, with its limits, second factor and audit."""

    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Our own models only: packages bring admin classes that know neither our scopes nor our audit."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().register([model for model in models if model.__module__.startswith("apps.")], admin_class, **options)

    def has_permission(self, request) -> bool:
        return request.user.is_active and has_staff_role(request.user)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied("这个账号没有工作人员的角色。")
        here = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")

    def logout(self, request, extra_context=None):
        return logout_view(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("admin:index")
