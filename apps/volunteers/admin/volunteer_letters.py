"""Letters of thanks on paper: of one volunteer, of all of a list as it is filtered."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common import audit
from apps.common.printing import frame_for
from apps.volunteers.forms.letters import LetterForm, LettersForm
from apps.volunteers.queries.letters import letters_for

ASKED = ("kind", "year", "month")


class LetterPages:
    """Mixed into VolunteerAdmin. Asked by a form; the print is an address of its own, looked at as often as wanted."""

    def letter_pages(self):
        return [
            ("letters", "letters/", self.letters_view), ("letter", "<path:object_id>/letter/", self.letter_view),
        ]  # fmt: skip

    def letters_view(self, request):
        """To everybody on the list as it is filtered."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        chosen = {name: asked.pop(name)[-1] for name in ASKED if name in asked}
        request.GET = asked
        form = LettersForm(chosen if "kind" in chosen else request.POST or None)
        back = f"{self.plain_url('changelist')}?{asked.urlencode()}"
        if request.method != "POST" and form.is_bound and form.is_valid():
            return self.letters_printed(request, self.filtered_rows(request), form, back)
        lead = "每人一张 A4，只写他自己做过的服务。家里有丧事的、离世的不打印。"
        return self.letters_asked(request, form, "打印感谢信", lead, back)

    def letter_view(self, request, object_id):
        volunteer = self.readable(request, object_id)
        form = LetterForm(request.GET if "kind" in request.GET else request.POST or None)
        back = self.url_of("change", volunteer)
        if request.method != "POST" and form.is_bound and form.is_valid():
            rows = self.get_queryset(request).filter(pk=volunteer.pk).select_related("person", "unit")
            return self.letters_printed(request, rows, form, back)
        lead = f"给 {volunteer.person.name} 的信，只写他自己做过的服务。"
        return self.letters_asked(request, form, "打印感谢信", lead, back)

    def letters_asked(self, request, form, title: str, lead: str, back: str):
        if request.method == "POST" and form.is_valid():
            values = {name: form.cleaned_data.get(name) for name in ASKED if form.cleaned_data.get(name)}
            query = urlencode([*request.GET.items(), *values.items()])
            return HttpResponseRedirect(f"{request.path}?{query}")
        context = {"title": title, "form": form, "media": form.media, "button": "打印", "back": back, "sentence": lead}
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def letters_printed(self, request, rows, form, back: str):
        occasion = form.occasion()
        found = letters_for(rows, occasion, timezone.localdate())
        people = [letter.volunteer.pk for letter in found.letters]
        audit.look(
            "print", actor=request.user, people=people, reason=occasion.label, target="volunteers.volunteer:letters",
            request=request,
        )  # fmt: skip
        frame = frame_for(request, occasion.label, recall=False, back_url=back)
        context = {"frame": frame, "found": found, "for_staff": True}
        return self.page(request, "print/volunteers/letters.html", context)
