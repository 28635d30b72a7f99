"""Base of every admin class: read-only until asked, inside the user's scope on every surface, nothing deleted.

Surfaces that a scope must cover (trust B1): change list, autocomplete, foreign keys and many-to-many of forms,
inlines, list filters, actions with posted keys, history page, `_to_field`, `_popup`. All start from `get_queryset`
of the model's own admin, which asks `rows_for`. A foreign record and a missing one give the same 404.
"""

import functools

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from . import audit, change_log, sources, voiding
from .admin_forms import NOT_OF_THE_RECORD, RecordForm
from .admin_lists import CappedPaginator, PickFilter, PickMany, PickOne, page_number
from .errors import BusinessError
from .models import Record
from .secrecy_forms import REASON

EDIT = "edit"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LARGEST_KEY = 2**63 - 1


def is_reading(request) -> bool:
    """Whether this request shows a record without the wish to change it."""
    return getattr(request, "reading_record", False)


class ScopedRelations:
    """Foreign keys and many-to-many fields offer only what the user may see, by typing, never as a long list."""

    short_lists: tuple[str, ...] = ()

    def related_rows(self, model, request):
        """Rows of `model` that this user may refer to: those its own admin shows him; none without one."""
        try:
            related_admin = self.admin_site.get_model_admin(model)
        except admin.sites.NotRegistered:
            return model._default_manager.none()
        return related_admin.get_queryset(request)

    def get_autocomplete_fields(self, request):
        return tuple(
            item.name
            for item in (*self.model._meta.fields, *self.model._meta.many_to_many)
            if item.remote_field
            and item.name not in self.short_lists
            and self.admin_site.is_registered(item.remote_field.model)
            and self.admin_site.get_model_admin(item.remote_field.model).search_fields
        )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.related_rows(db_field.remote_field.model, request)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickOne(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.related_rows(db_field.remote_field.model, request)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickMany(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Related records are opened from their own pages, where their own rules hold.
        for flag in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(getattr(field, "widget", None), flag):
                setattr(field.widget, flag, False)
        return field


class RecordInline(ScopedRelations, admin.TabularInline):
    """Parts of a record on its page: editable where the record is being changed and the part's own right is held."""

    extra = 0
    show_change_link = False
    can_delete = False
    classes = ("inline",)

    def _may(self, request, parent, allowed: bool) -> bool:
        return allowed and not is_reading(request) and parent_changeable(self, request, parent)

    def has_add_permission(self, request, obj=None):
        return self._may(request, obj, super().has_add_permission(request, obj))

    def has_change_permission(self, request, obj=None):
        return self._may(request, obj, super().has_change_permission(request, obj))

    def has_delete_permission(self, request, obj=None):
        return False


def parent_changeable(inline, request, parent) -> bool:
    if parent is None:
        return True
    return inline.admin_site.get_model_admin(inline.parent_model).has_change_permission(request, parent)


class RecordAdmin(ScopedRelations, admin.ModelAdmin):
    """Base of all registered admins.

    Subclasses of models with people behind them give the model's queryset `visible_to(user, permission)` or override
    `rows_for`; reference data that every colleague may read says `open_to_viewers = True`. Writes go to services by
    overriding `write`.
    """

    form = RecordForm
    open_to_viewers = False
    voidable = False
    asks_source = False  # whether its form asks from whom comes what is typed
    code_lists: dict[str, str] = {}
    add_label = ""  # of the button and the page that add a record, where 新增 and the name read badly
    empty_words = ""  # below 这里还没有内容, where an empty list needs a reason
    select_related_in_list: tuple[str, ...] = ()
    select_related_in_record: tuple[str, ...] = ()

    actions_on_top = True
    actions_selection_counter = True
    list_per_page = 50
    list_max_show_all = 0
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    empty_value_display = ""
    change_form_template = "admin/record_form.html"
    change_list_template = "admin/record_list.html"
    object_history_template = "admin/record_history.html"

    # Scope

    def rows_for(self, user, permission: str):
        """Rows on which `user` may do `permission` (`app.codename`)."""
        rows = self.model._default_manager.all()
        if self.open_to_viewers:
            return rows if user.has_perm(permission) else rows.none()
        if not hasattr(rows, "visible_to"):
            raise ImproperlyConfigured(f"{type(self).__name__}: say whose rows these are (rows_for)")
        return rows.visible_to(user, permission)

    def right(self, act: str) -> str:
        return f"{self.opts.app_label}.{act}_{self.opts.model_name}"

    def get_queryset(self, request):
        rows = self.rows_for(request.user, self.right("view"))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(self, request, object_id, from_field=None):
        """The record if the user may see it, locked where it is about to be written; else the same 404 for all."""
        rows = self.record_rows(request)
        if request.method == "POST" and connection.in_atomic_block:
            rows = rows.select_for_update(of=("self",))
        key = rows.model._meta.pk
        try:
            value = key.to_python(object_id)
            found = rows.order_by().get(pk=value) if not _too_large(value) else None
        except (rows.model.DoesNotExist, ValidationError, ValueError):
            found = None
        if found is None:
            raise Http404
        return found

    def record_rows(self, request):
        """Where one record is looked for, with what is read with it."""
        return self.get_queryset(request).select_related(*self.select_related_in_record)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def is_changeable(self, request, obj) -> bool:
        """Whether one of the user's scopes that carries the change right covers this record."""
        known = request.__dict__.setdefault("_changeable", {})
        key = (self.model, obj.pk)
        if key not in known:
            known[key] = self.rows_for(request.user, self.right("change")).filter(pk=obj.pk).exists()
        return known[key]

    def may_change(self, request, obj) -> bool:
        """Whether the user may change this record if he asks to; an unsaved one counts as his."""
        return super().has_change_permission(request, obj) and (
            obj is None or obj.pk is None or self.is_changeable(request, obj)
        )

    def has_change_permission(self, request, obj=None):
        return not is_reading(request) and self.may_change(request, obj)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(self.right("view"))

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request):
        """Only what a list filter asks: a free look-up answers questions about fields that nobody may see."""
        allowed = set()
        for item in self.get_list_filter(request):
            if isinstance(item, type):
                allowed.add(item.parameter_name)
            else:
                name = item[0] if isinstance(item, tuple | list) else item
                allowed |= {name, f"{name}__exact", f"{name}__isnull"}
        return lookup in allowed

    def to_field_allowed(self, request, to_field):
        try:
            return self.opts.get_field(to_field).primary_key
        except FieldDoesNotExist:
            return False

    # Lists

    def get_paginator(self, request, queryset, per_page, orphans=0, allow_empty_first_page=True):
        return self.paginator(queryset, per_page, orphans, allow_empty_first_page, page_number=page_number(request))

    def get_list_select_related(self, request):
        return self.select_related_in_list

    @property
    def media(self):
        return super().media

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"pick_media": self.pick_media(request), **(extra_context or {})})

    def pick_media(self, request):
        """Scripts and styles of the filters that are looked up by typing."""
        picks = [item for item in self.get_list_filter(request) if isinstance(item, type)]
        picks = [item for item in picks if issubclass(item, PickFilter)]
        if not picks:
            return ""
        item = picks[0]
        foreign_key = (item.field_model or self.model)._meta.get_field(item.field_name)
        return admin.widgets.AutocompleteSelect(foreign_key, self.admin_site).media

    # One record

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        form.asks_source = self.asks_source and not is_reading(request)
        return form

    def get_fieldsets(self, request, obj=None):
        if self.fieldsets:
            return self.fieldsets
        return [(None, {"fields": [name for name in self.get_fields(request, obj) if name not in NOT_OF_THE_RECORD]})]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        request.reading_record = request.method in SAFE_METHODS and EDIT not in request.GET
        return super().change_view(request, object_id, form_url, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with sources.told_by(sources.posted(request)):
            return self.refusable_form(request, object_id, form_url, extra_context)

    def refusable_form(self, request, object_id, form_url, extra_context):
        """The form; a refusal of the service is shown at its field."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except BusinessError as refusal:
            if request.method != "POST":
                raise
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        shown = context["adminform"]
        if REASON in shown.form.fields:
            shown.fieldsets = [("保密提醒", {"fields": [REASON]}), *shown.fieldsets]
        context.update(
            show_save_and_add_another=False,
            show_save_and_continue=False,
            show_delete=False,
            reading=is_reading(request),
            record_tools=self.record_tools(request, obj) if obj is not None else [],
            title_of_record=self.title_of(obj) if obj is not None else "",
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def title_of(self, obj) -> str:
        return str(obj)

    def record_tools(self, request, obj) -> list[dict]:
        """Links above a record: dicts of label, url and `main` for the one that stands out."""
        tools = []
        if is_reading(request) and self.may_change(request, obj) and not getattr(obj, "voided_at", None):
            tools.append({"label": "修改", "url": f"?{EDIT}=1", "main": True})
        tools.append({"label": "谁改过什么", "url": self.url_of("history", obj)})
        if self.voidable and self.may_change(request, obj):
            act = "restore" if obj.voided_at else "void"
            tools.append({"label": "恢复使用" if obj.voided_at else "作废", "url": self.url_of(act, obj)})
        return tools

    def url_of(self, page: str, obj) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[obj.pk])

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(self.url_of("change", obj))

    def response_post_save_add(self, request, obj):
        if not self.has_view_permission(request, obj):
            return super().response_post_save_add(request, obj)
        return HttpResponseRedirect(self.url_of("change", obj))

    # Writing

    def save_model(self, request, obj, form, change):
        self.write(request, obj, form, change)

    def write(self, request, obj, form, change) -> None:
        """Store the record; override to call the service. BusinessError becomes an error of the form."""
        obj.save()

    def people_of(self, obj) -> list[int]:
        """Ids of the persons a record is about, for the audit."""
        return []

    def _target(self, obj) -> str:
        return f"{self.opts.label_lower}:{obj.pk}"

    def log_addition(self, request, obj, message):
        """An audit entry instead of the stock log: that one keeps names."""
        audit.record("add", actor=request.user, people=self.people_of(obj), target=self._target(obj), request=request)

    def log_change(self, request, obj, message):
        names = [name for part in message if isinstance(part, dict) for name in _changed_names(part)]
        audit.record(
            "change",
            actor=request.user,
            people=self.people_of(obj),
            fields=[name[:60] for name in names if name not in NOT_OF_THE_RECORD],
            target=self._target(obj),
            request=request,
        )

    def construct_change_message(self, request, form, formsets, add=False):
        """Names of changed fields only; the stock message holds names of people."""
        parts = [{"fields": list(form.changed_data)}]
        for formset in formsets or ():
            if formset.has_changed():
                parts.append({"fields": [formset.model._meta.model_name]})
        return parts

    # Pages beside the form

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pages = []
        if self.voidable:
            for act, label in (("void", "作废"), ("restore", "恢复使用")):
                view = functools.partial(self.voiding_view, act=act, label=label)
                pages.append(path(f"<path:object_id>/{act}/", self.staff_view(view), name=f"{name}_{act}"))
        return pages + super().get_urls()

    def staff_view(self, view):
        """A page of this admin, behind the staff sign-in, never cached, GET or POST. What it writes carries the source
        that its form names."""

        def with_source(request, *args, **kwargs):
            with sources.told_by(sources.posted(request)):
                return view(request, *args, **kwargs)

        return self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(with_source))

    def page(self, request, template: str, context: dict, status: int = 200) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {**self.admin_site.each_context(request), "opts": self.opts, "model_admin": self}
        common["is_popup"] = IS_POPUP_VAR in request.GET
        return TemplateResponse(request, template, {**common, **context}, status=status)

    def changeable_object(self, request, object_id):
        """The record, for a page that changes it: 404 outside the view scope, 403 without the right."""
        obj = self.get_object(request, unquote(object_id))
        if not self.may_change(request, obj):
            raise PermissionDenied
        return obj

    def voiding_view(self, request, object_id, *, act: str, label: str):
        with transaction.atomic():
            obj = self.changeable_object(request, object_id)
            error = ""
            if request.method == "POST":
                try:
                    with transaction.atomic():
                        self.apply_voiding(request, obj, act, request.POST.get("reason", ""))
                except BusinessError as refusal:
                    error = refusal.sentence
                except ValidationError as refusal:
                    error = "".join(refusal.messages)
                else:
                    messages.success(request, f"已{label}。")
                    return HttpResponseRedirect(self.url_of("change", obj))
        context = {
            "title": f"{label}：{self.title_of(obj)}",
            "original": obj,
            "label": label,
            "ask_reason": act == "void",
            "reason": request.POST.get("reason", ""),
            "error": error,
            "back": self.url_of("change", obj),
        }
        return self.page(request, "admin/record_void.html", context, status=422 if error else 200)

    def apply_voiding(self, request, obj: Record, act: str, reason: str) -> None:
        people = self.people_of(obj)
        if act == "void":
            voiding.void(obj, reason=reason, actor=request.user, people=people, request=request)
        else:
            obj.voided_at = None
            obj.validate_constraints()
            voiding.restore(obj, actor=request.user, people=people, request=request)

    def history_of(self, request, obj) -> list[change_log.Change]:
        """What was changed in this record and its parts, newest first; parts ask for their own rights."""
        return change_log.changes_of(obj, code_lists=self.code_lists)

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            "title": "谁改过什么",
            "subtitle": self.title_of(obj),
            "original": obj,
            "changes": self.history_of(request, obj),
            "back": self.url_of("change", obj),
            **(extra_context or {}),
        }
        return self.page(request, self.object_history_template, context)


def _too_large(value) -> bool:
    return isinstance(value, int) and abs(value) > LARGEST_KEY


def _changed_names(part: dict) -> list[str]:
    return part.get("fields", [])
