"""Somebody who is no cadre is picked for a record: looked for by POST, so that no name or number stands in an address;
entered where he is in no register. Which one it is goes on as a signed word of this user's, for an hour."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import urlencode

from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person
from apps.people.newcomers import enter_person
from apps.volunteers.forms.volunteers import ElderForm, FindElderForm
from apps.volunteers.queries.elders import elders, find_elder

WHO, SALT, HOUR = "who", "volunteers.elder", 3600
KNOWN = "已经有这个人的资料。请用身份证号、手机号找到他，再选他。"


def picked(request) -> Person | None:
    """Whom this user picked; None where nobody was. 404 for a word that is not his, too old, or of somebody who died
    or is a cadre by now."""
    word = request.GET.get(WHO, "")
    if not word:
        return None
    try:
        user, person = signing.loads(word, salt=SALT, max_age=HOUR)
    except signing.BadSignature:
        raise Http404 from None
    found = elders().filter(pk=person).first() if user == request.user.pk else None
    if found is None:
        raise Http404
    return found


def one_person(person: Person, label: str) -> forms.ModelChoiceField:
    """A field with nobody else in it."""
    return forms.ModelChoiceField(
        Person.objects.filter(pk=person.pk), label=label, initial=person.pk, empty_label=None, widget=forms.Select
    )


class ElderPages:
    """Mixed into an admin; `elder_act` is the page that goes on with who was picked."""

    elder_act = "add"
    elder_title = ""

    def elder_pages(self):
        return [("elder", "elder/", self.elder_view), ("elder_new", "elder/new/", self.elder_new_view)]

    def elder_view(self, request):
        if not request.user.has_perm(self.right("add")):
            raise PermissionDenied
        form = FindElderForm(request.POST or None)
        asked = request.method == "POST" and form.is_valid()
        found, sentence = self.elders_found(request, form) if asked else ([], "")
        if asked and "person" in request.POST:
            person = next((one for one in found if str(one.pk) == request.POST["person"]), None)
            if person is None:
                raise Http404
            return self.go_on_with(request, person)
        context = {
            "title": self.elder_title, "form": form, "asked": asked, "found": found, "sentence": sentence,
            "new_url": self.plain_url("elder_new"), "list_url": self.plain_url("changelist"),
            "list_words": self.opts.verbose_name,
        }  # fmt: skip
        return self.page(request, "admin/volunteers/find_elder.html", context)

    def elders_found(self, request, form) -> tuple[list[Person], str]:
        kind, found, sentence = find_elder(form.cleaned_data["asked"], request.user)
        audit.look(
            "elder.find", actor=request.user, people=[one.pk for one in found], fields=[kind.value], request=request
        )
        return found, sentence

    def elder_new_view(self, request):
        if not request.user.has_perm(self.right("add")):
            raise PermissionDenied
        form = ElderForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                person = enter_person(
                    form.facts(), on=timezone.localdate(), actor=request.user, form_key=form.cleaned_data["key"],
                    known_words=KNOWN,
                )  # fmt: skip
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"{person.name} 已登记，请接着填。")
                return self.go_on_with(request, person)
        context = {
            "title": "登记新的人", "form": form, "media": form.media, "back": self.plain_url("elder"),
            "lead": "先找过、确实没有的，才在这里登记。不是老干部的老人、遗属都可以。",
            "list_url": self.plain_url("changelist"), "list_words": self.opts.verbose_name,
            "buttons": [("save", form.submit_label)],
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def go_on_with(self, request, person: Person):
        word = signing.dumps([request.user.pk, person.pk], salt=SALT)
        return HttpResponseRedirect(f"{self.plain_url(self.elder_act)}?{urlencode({WHO: word})}")
