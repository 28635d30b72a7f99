"""What the staff pages of 空中课堂, the television schedule, 教研 and 公益大讲堂 share."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import path, reverse

from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError


class SchoolRecord(RecordAdmin):
    """A record of a school: what it refers to is offered by the user's own schools."""

    voidable = True
    sortable_by = ()
    record_page = ""

    def related_rows(self, model, request):
        rows = model._default_manager.all()
        if not hasattr(rows, "visible_to"):
            return super().related_rows(model, request)
        return rows.visible_to(request.user, f"{model._meta.app_label}.view_{model._meta.model_name}").filter(
            voided_at__isnull=True
        )

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
        """The page of a record, where it has one of its own, until it is asked to be changed."""
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

    def viewable(self, request, object_id):
        """404 for strangers, as for what is not there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, str(object_id))

    def facts_of(self, request, obj) -> dict:
        return {}

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
