from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView


class ActivateTotp(ActivateTOTPView):
    """Setting up an authenticator proves it is at hand: this session has passed, no second code is asked."""

    def form_valid(self, form):
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


activate_totp = ActivateTotp.as_view()
