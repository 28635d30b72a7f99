"""Units, divisions and communities: reference that every colleague may read."""

from django.contrib import admin

from apps.common.admin import RecordAdmin

from .models import Community, Division, Unit


@admin.register(Unit)
class UnitAdmin(RecordAdmin):
    """The tree of units. A unit below another is added from it, so that scopes stay whole."""

    open_to_viewers = True
    list_display = ("name", "short_name", "code", "level", "nature", "closed_on")
    list_filter = ("level", "nature")
    search_fields = ("name", "short_name", "code")
    ordering = ("path",)
    fields = ("name", "short_name", "code", "aliases", "level", "nature", "division", "phone", "position", "closed_on")

    def has_add_permission(self, request):
        return False


@admin.register(Division)
class DivisionAdmin(RecordAdmin):
    open_to_viewers = True
    list_display = ("code", "full_name", "level", "disabled_on")
    list_filter = ("level",)
    search_fields = ("code", "full_name")
    ordering = ("code",)


@admin.register(Community)
class CommunityAdmin(RecordAdmin):
    open_to_viewers = True
    list_display = ("name", "division")
    search_fields = ("name",)
    select_related_in_list = ("division",)
