"""Sign-in pages: those of allauth that this portal uses, and the doors without a password. Signing up, e-mail and
password mails are not among them: accounts are opened by staff, and lost passwords and lost phones put right by the
security administrator."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from . import personal_views, views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("lock/", views.lock, name="account_lock"),
    path("locked/", views.locked, name="account_locked"),
    path("kept/", views.kept_post, name="account_kept"),
    path("phone/", personal_views.phone, name="account_phone"),
    path("phone/code/", personal_views.code, name="account_code"),
    path("phone/who/", personal_views.who, name="account_who"),
    path("card/", personal_views.card_digits, name="account_card_digits"),
    path("card/<str:token>/", personal_views.card, name="account_card"),
    path("devices/", personal_views.own_devices, name="account_devices"),
    path("2fa/choose/", views.choose_factor, name="mfa_choose"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
