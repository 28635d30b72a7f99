"""上课前一天提醒: on and off, by himself or whoever may enrol him."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.university.services.wishes import set_lesson_wish, wishing_among

from .lectures import people_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_wish(request):
    """Off until it is switched on; each press says what it did. 404 for who acts for nobody."""
    people = people_of(request)
    if not people:
        raise Http404
    if request.method == "POST":
        acting = next((one for one in people if one.key == request.POST.get("who", "")), None)
        if acting is None:
            raise Http404
        wanted = "on" in request.POST
        set_lesson_wish(acting.person, wanted, actor=request.user, on_behalf_of=acting.on_behalf_of, now=timezone.now())
        messages.success(request, "以后每次上课的前一天提醒。" if wanted else "以后不再提醒。")
        return redirect("university:lesson_wish")
    wishing = wishing_among([one.person.pk for one in people])
    context = {"rows": [(acting, acting.person.pk in wishing) for acting in people]}
    return render(request, "university/air/wish.html", context)
