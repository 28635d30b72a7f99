"""What the staff pages of the time bank share: rows that are never edited, acts behind a form of their own."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from apps.common.admin_pages import PageRecordAdmin
from apps.volunteers.choices.bank import AccountState

TONES = {AccountState.OPEN: "done", AccountState.FROZEN: "late", AccountState.CLOSED: ""}


class BankRows(PageRecordAdmin):
    """Rows written by acts alone: no form, no history page, no voiding."""

    has_page = True
    voidable = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return self.read_page(request, self.readable(request, object_id))

    def history_view(self, request, object_id, extra_context=None):
        """The audit knows who did what; nothing here is ever changed by hand."""
        raise Http404

    def record_tools(self, request, obj):
        """No page of changes: see `history_view`."""
        return []

    def may_act(self, request, obj) -> bool:
        return request.user.has_perm(self.right("change")) and self.is_changeable(request, obj)

    def actable(self, request, object_id):
        obj = self.readable(request, object_id)
        if not self.may_act(request, obj):
            raise PermissionDenied
        return obj

    def tags(self, obj):
        return []

    def act_tools(self, request, obj, acts) -> list[dict]:
        """Links to acts, (name, label, whether it is the main one), for who may do them."""
        if not self.may_act(request, obj):
            return []
        return [{"label": label, "url": self.url_of(act, obj), "main": main} for act, label, main in acts]


def by(request) -> dict:
    """Who does an act, and when."""
    return {"actor": request.user, "now": timezone.now()}
