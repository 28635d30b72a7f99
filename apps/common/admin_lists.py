"""Lists of the staff side: capped counting, narrow paging, filters that never list a whole table."""

from functools import cached_property

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

COUNT_TO = 1000
LAST_PAGE = 200
LOOK_AHEAD = 5


class CappedPaginator(Paginator):
    """Counts no further than 1,000 rows, or five pages beyond the one shown, and never past page 200 (design 7).

    A page is read in two steps, keys first, so that sorting and skipping never carry whole rows.
    """

    def __init__(self, object_list, per_page, *args, page_number: int = 1, **kwargs):
        super().__init__(object_list, per_page, *args, **kwargs)
        self.limit = min(max(COUNT_TO, (page_number + LOOK_AHEAD) * per_page), LAST_PAGE * per_page)

    @cached_property
    def _counted(self) -> int:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)
        return self.object_list.order_by().values("pk")[: self.limit + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.limit)

    @property
    def is_capped(self) -> bool:
        return self._counted > self.limit

    def page(self, number) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows = self.object_list[start : min(start + self.per_page, self.count)]
        return self._get_page(in_two_steps(rows) if isinstance(rows, QuerySet) else rows, number, self)


def in_two_steps(rows: QuerySet) -> list:
    """The rows of a sliced queryset in its order: keys by a query of their own, then the rows by key.

    The second query leaves the filters out: the keys have passed them. Annotated querysets keep theirs.
    """
    keys = list(rows.values_list("pk", flat=True))
    if rows.query.annotations:
        whole = rows._chain()
        whole.query.clear_limits()
        whole = whole.order_by()
    else:
        whole = rows.model._base_manager.all()
        whole.query.select_related = rows.query.select_related
        whole._prefetch_related_lookups = rows._prefetch_related_lookups
    found = {row.pk: row for row in whole.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def page_number(request) -> int:
    try:
        return min(max(int(request.GET.get(PAGE_VAR, 1)), 1), LAST_PAGE)
    except ValueError:
        return 1


class PickOne(AutocompleteSelect):
    """The stock widget, except that a value that cannot be a key is not asked of the database."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if _may_be_key(key)], attr)


class PickMany(AutocompleteSelectMultiple):
    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if _may_be_key(key)], attr)


def _may_be_key(value) -> bool:
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) < 19


class PickFilter(admin.SimpleListFilter):
    """A filter whose value is looked up by typing, not picked from a list of everything.

    Subclasses name the foreign key (`model`, `field_name`) whose autocomplete offers the values and may narrow by
    more than equality in `narrow`. What the user may not see can be neither offered nor used.
    """

    template = "admin/pick_filter.html"
    field_name: str
    field_model = None

    def __init__(self, request, params, model, model_admin):
        foreign_key = (self.field_model or model)._meta.get_field(self.field_name)
        site = model_admin.admin_site
        self.form_field = forms.ModelChoiceField(
            site.get_model_admin(foreign_key.remote_field.model).get_queryset(request),
            required=False,
            widget=PickOne(foreign_key, site),
        )
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return ()

    def has_output(self) -> bool:
        return True

    @cached_property
    def chosen(self):
        """The picked object, or None where it is not to be had for this user."""
        try:
            return self.form_field.clean(self.value())
        except (forms.ValidationError, OverflowError):
            return None

    def narrow(self, queryset, chosen):
        return queryset.filter(**{self.field_name: chosen.pk})

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return self.narrow(queryset, self.chosen) if self.chosen is not None else queryset.none()

    def choices(self, changelist):
        input_id = f"id_pick_{self.parameter_name}"
        others = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        yield {
            "selected": self.chosen is not None,
            "display": str(self.chosen or ""),
            "input_id": input_id,
            "widget": self.form_field.widget.render(
                self.parameter_name, self.chosen.pk if self.chosen else None, {"id": input_id}
            ),
            "others": others,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
        }
