"""Registering: who stands there is looked for first, so that nobody is on the register twice."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.models import Unit
from apps.volunteers.forms.volunteers import NewcomerForm, TakeInForm
from apps.volunteers.models import Volunteer, VolunteerBatch
from apps.volunteers.queries.search import find_to_register
from apps.volunteers.services import newcomers, volunteers

ADD = "volunteers.add_volunteer"


class RegisterPages:
    """Mixed into VolunteerAdmin."""

    batch_model = VolunteerBatch

    def register_pages(self):
        return [("new", "new/", self.new_view)]

    def units_of(self, request):
        """Units for which the user may register, the widest first."""
        return Unit.objects.open().filter(pk__in=request.user.reach(ADD)).order_by("path")

    def add_view(self, request, form_url="", extra_context=None):
        """Looked for by POST, so that no name or number stands in an address."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TakeInForm(request.POST or None)
        asked = request.method == "POST" and form.is_valid()
        found, sentence = self.look_for(request, form) if asked else ([], "")
        if asked and "person" in request.POST:
            return self.take_in(request, found)
        mine = Volunteer.objects.visible_to(request.user, self.right("view")).filter(pk__in=[one.pk for one in found])
        known = {row.pk: row for row in mine.select_related("unit")}
        context = {
            "title": "登记志愿者", "form": form, "sentence": sentence, "asked": asked,
            "units": self.units_of(request)[:500], "new_url": self.plain_url("new"),
            "found": [(one, known.get(one.pk), _is_one(one)) for one in found],
            "list_url": self.plain_url("changelist"),
        }  # fmt: skip
        return self.page(request, "admin/volunteers/find.html", context)

    def look_for(self, request, form):
        kind, found, sentence = find_to_register(form.cleaned_data["asked"], request.user)
        audit.look(
            "volunteer.find", actor=request.user, people=[one.pk for one in found], fields=[kind.value],
            request=request,
        )  # fmt: skip
        return found, sentence

    def take_in(self, request, found):
        """Somebody found becomes a volunteer; found again by what was typed, so that no key is guessed."""
        person = next((one for one in found if str(one.pk) == request.POST["person"]), None)
        key = request.POST.get("unit", "")
        unit = self.units_of(request).filter(pk=int(key) if key.isdecimal() and len(key) < 18 else 0).first()
        if person is None or unit is None:
            raise Http404
        try:
            volunteer = volunteers.register(person, unit, on=timezone.localdate(), actor=request.user)
        except BusinessError as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(self.plain_url("add"))
        if not Volunteer.objects.visible_to(request.user, self.right("view")).filter(pk=volunteer.pk).exists():
            messages.info(request, f"{person.name} 已经由别的单位登记为志愿者，不用再登记。")
            return HttpResponseRedirect(self.plain_url("add"))
        messages.success(request, f"{person.name} 已登记为志愿者。请接着填专长和时间，交回材料后登记材料。")
        return HttpResponseRedirect(self.url_of("offers", volunteer))

    def new_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewcomerForm(request.POST or None, units=self.units_of(request))
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                volunteer = newcomers.register_newcomer(
                    form.facts(), values["unit"], agreed=values["agreed"], on=timezone.localdate(),
                    actor=request.user, form_key=values["key"], offers=form.offers(),
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"{volunteer.person.name} 已登记为志愿者。交回材料后请登记材料。")
                return HttpResponseRedirect(self.url_of("change", volunteer))
        context = {
            "title": "登记新的志愿者", "form": form, "media": form.media, "back": self.plain_url("add"),
            "lead": "先找过、确实没有的，才在这里登记。", "list_url": self.plain_url("changelist"),
            "list_words": self.opts.verbose_name, "buttons": [("save", form.submit_label)],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)


def _is_one(person) -> bool:
    """On the register now, wherever."""
    volunteer = getattr(person, "volunteer", None)
    return volunteer is not None and volunteer.left_on is None and volunteer.voided_at is None
