"""A group of cadres that an act or a list is about: whatever the list was filtered to, or the ticked ones."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

MOST_TICKED = 1000
# Parameters of the pages about a group, which the list itself does not know.
OWN_PARAMETERS = ("purpose", "count")


class CadreGroups:
    """Mixed into CadreAdminBase."""

    def group_of(self, request, permission: str) -> QuerySet[Cadre]:
        """Living cadres of the page's own filters, or those named by `pk`, for whom the user has `permission`."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        allowed = Cadre.objects.current().visible_to(request.user, permission)
        allowed = allowed.filter(person__life_status=LifeStatus.LIVING)
        ticked = request.GET.get("pk")
        if ticked is not None:
            keys = [int(key) for key in ticked.split(",") if key.isdecimal() and len(key) < 18][:MOST_TICKED]
            return allowed.filter(pk__in=keys)
        return allowed.filter(pk__in=self.filtered_rows(request).order_by().values("pk"))

    def filtered_rows(self, request) -> QuerySet[Cadre]:
        """What the list shows for the filters in the address."""
        whole, request.GET = request.GET, without_own(request.GET)
        try:
            return self.get_changelist_instance(request).get_queryset(request)
        finally:
            request.GET = whole

    def group_words(self, group: QuerySet[Cadre]) -> str:
        count = group.count()
        if count == 1:
            return group.select_related("person").get().person.name
        return f"{count:,} 位老同志"

    def to_group(self, request, queryset, page: str):
        """From the ticked rows, or from 选中全部, to the page of the act."""
        if request.POST.get("select_across") == "1":
            query = request.GET.urlencode()
        else:
            query = urlencode({"pk": ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST_TICKED])})
        return HttpResponseRedirect(f"{reverse(f'admin:registry_cadre_{page}')}?{query}")

    def group_url(self, request, page: str) -> str:
        """The page of an act on all that the list is filtered to."""
        query = request.GET.copy()
        query.pop("p", None)
        return f"{reverse(f'admin:registry_cadre_{page}')}?{query.urlencode()}"

    def back_of(self, request, group: QuerySet[Cadre]) -> str:
        ticked = request.GET.get("pk", "")
        if ticked.isdecimal():
            return reverse("admin:registry_cadre_change", args=[ticked])
        query = "" if ticked else f"?{without_own(request.GET).urlencode()}"
        return reverse("admin:registry_cadre_changelist") + query


def without_own(query):
    """The address's parameters as far as the list knows them."""
    known = query.copy()
    for name in OWN_PARAMETERS:
        known.pop(name, None)
    return known
