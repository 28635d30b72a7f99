"""What pages of class life share: whose lesson or class it is, and acts with a form."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.university.models import ClassGroup, ClassSession

ACTS = "admin:university_sessionact_changelist"


class LifeAdmin(RecordAdmin):
    """Records come from acts of their own pages; the stock form only shows them."""

    list_url, list_words = ACTS, "调课记录"

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def may_work(self, request, codename: str = "") -> bool:
        return request.user.has_perm(codename or self.right("change"))

    def record_tools(self, request, obj):
        return [{"label": "谁改过什么", "url": self.url_of("history", obj)}]

    def lesson_of(self, request, pk: int, *, right: str = "university.view_classsession") -> ClassSession:
        """The lesson if one of his roles that holds `right` reaches its school: 404, or 403 without the right."""
        self.allowed(request, right)
        rows = ClassSession.objects.visible_to(request.user, right)
        return self.found(
            rows.select_related(
                "class_group__course", "class_group__school__unit", "class_group__term", "room__campus"
            ),
            pk,
        )

    def class_of(self, request, pk: int, *, right: str = "university.view_classgroup") -> ClassGroup:
        self.allowed(request, right)
        rows = ClassGroup.objects.current().visible_to(request.user, right)
        return self.found(rows.select_related("course", "school__unit", "term", "offering__places", "room__campus"), pk)

    def row_of(self, request, pk: int, *, right: str = ""):
        """One of its own records within the reach of `right` (else that to view)."""
        right = right or self.right("view")
        self.allowed(request, right)
        return self.found(self.rows_for(request.user, right).select_related(*self.select_related_in_record), pk)

    @staticmethod
    def allowed(request, right: str) -> None:
        if not request.user.has_perm(right):
            raise PermissionDenied

    @staticmethod
    def found(rows, pk: int):
        row = rows.order_by().filter(pk=pk).first() if pk < 2**63 else None
        if row is None:
            raise Http404
        return row

    @staticmethod
    def tried(act) -> str:
        """Do it; the sentence of the refusal, empty when it was done."""
        try:
            act()
        except BusinessError as refusal:
            return refusal.sentence
        return ""

    def back_with(self, request, sentence: str, url: str) -> HttpResponseRedirect:
        messages.success(request, sentence)
        return HttpResponseRedirect(url)

    def act(self, request, form, perform, *, title: str, lead: str, button: str, back: str, template: str = "", **more):
        """A page with one form: `perform(values)` returns the sentence that is said when it was done."""
        if request.method == "POST" and form.is_valid():
            try:
                sentence = perform(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, sentence)
                return HttpResponseRedirect(more.get("next_url") or back)
        context = {
            "title": title, "form": form, "lead": lead, "buttons": [("do", button)], "back": back, "media": form.media,
            "list_url": reverse(self.list_url), "list_words": self.list_words, **more,
        }  # fmt: skip
        return self.page(request, template or "admin/registry/act.html", context, status=422 if form.errors else 200)


def lesson_url(session: ClassSession, page: str = "lesson") -> str:
    return reverse(f"admin:university_sessionact_{page}", args=[session.pk])


def class_url(group: ClassGroup, page: str = "class") -> str:
    return reverse(f"admin:university_sessionact_{page}", args=[group.pk])
