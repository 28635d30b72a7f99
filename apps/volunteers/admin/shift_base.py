"""What the staff pages of projects, shifts and service records share: rows of the user's units, acts behind forms."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import path, reverse

from apps.common import audit
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.registry.queries import read_search

BLOCKS = "admin/record_page.html"


class TemplateRecordAdmin(RecordAdmin):
    """A record of a team: what it refers to is offered from the user's own units."""

    sortable_by = ()
    record_page = ""  # template of its page to read; BLOCKS where `blocks` is enough; empty: the stock form, read-only

    def related_rows(self, model, request):
        rows = model._default_manager.all()
        if not hasattr(rows, "visible_to"):
            return super().related_rows(model, request)
        right = f"{model._meta.app_label}.view_{model._meta.model_name}"
        return rows.visible_to(request.user, right).filter(voided_at__isnull=True)

    def list_url(self, page: str = "changelist", query: str = "") -> str:
        address = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}")
        return f"{address}?{query}" if query else address

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pages = [path(route, self.staff_view(view), name=f"{name}_{act}") for act, route, view in self.extra_pages()]
        return [*pages, *super().get_urls()]

    def extra_pages(self):
        """(name, route, view) of further pages."""
        return ()

    def list_tools(self, request) -> list[dict]:
        return []

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"list_tools": self.list_tools(request), **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if self.record_page and request.method in SAFE_METHODS and EDIT not in request.GET:
            return self.shown_record(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def shown_record(self, request, object_id):
        obj = self.viewable(request, object_id)
        request.reading_record = True
        context = {
            "title": self.title_of(obj), "original": obj, "tools": self.record_tools(request, obj),
            "may_change": self.may_change(request, obj) and not obj.voided_at, "list_url": self.list_url(),
            "list_words": self.opts.verbose_name, **self.facts_of(request, obj),
        }  # fmt: skip
        return self.page(request, self.record_page, context)

    def facts_of(self, request, obj) -> dict:
        """What the template of its page asks for; of BLOCKS the tags, figures and blocks."""
        if self.record_page != BLOCKS:
            return {}
        if people := self.people_of(obj):
            self.look(request, people, obj)
        return {
            "tags": [("已作废", "late")] if obj.voided_at else self.tags(obj), "figures": self.figures(request, obj),
            "blocks": list(self.blocks(request, obj)),
        }  # fmt: skip

    def tags(self, obj) -> list[tuple[str, str]]:
        return []

    def figures(self, request, obj) -> list[dict]:
        return []

    def blocks(self, request, obj):
        return ()

    def viewable(self, request, object_id):
        """404 for strangers, as for what is not there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(object_id))

    def allowed(self, request, right: str) -> None:
        if not request.user.has_perm(right):
            raise PermissionDenied

    def look(self, request, people, obj, action: str = "open") -> None:
        """Names of volunteers are about to be shown."""
        if people := sorted(set(people)):
            audit.look(action, actor=request.user, people=people, target=self._target(obj), request=request)

    def act(
        self, request, obj, form, *, title: str, sentence: str, button: str, done, perform, template="admin/act.html",
        **more,
    ):  # fmt: skip
        """One act on one record behind a form of its own; `done`: the message, a text or made from what came back."""
        back = more.pop("back", None) or self.url_of("change", obj)
        if request.method == "POST" and form.is_valid():
            try:
                result = perform(form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
            except ValidationError as refusal:
                form.add_error(None, "".join(refusal.messages))
            else:
                messages.success(request, done(result) if callable(done) else done)
                return HttpResponseRedirect(back)
        context = {
            "title": title, "original": obj, "form": form, "sentence": sentence, "button": button, "media": form.media,
            "back": back, **more,
        }  # fmt: skip
        return self.page(request, template, context, status=422 if form.errors else 200)


def by_person(queryset, term: str, path: str):
    """Rows whose person fits a typed text (name, reading, phone, whole number, last four); every row without one.
    `path` is the key to the person."""
    search = read_search(term)
    if not term.strip():
        return queryset
    if search.condition is None:
        return queryset.none()
    return queryset.filter(**{f"{path}__in": Person.objects.filter(search.condition).order_by().values("pk")})


def posted(request):
    return request.POST if request.method == "POST" else None
