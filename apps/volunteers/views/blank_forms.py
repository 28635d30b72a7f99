"""The paper twins of what is asked on screens: printed by anybody, filled in by hand, brought to a team."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.common.code_lists import names_of
from apps.common.printing import PrintFrame
from apps.volunteers.choices.requests import Effort
from apps.volunteers.rules.times import WEEKDAYS

# key → title, sentence, template
FORMS = {
    "join": ("志愿者登记表", "想当志愿者：会什么、什么时候有空，本人自愿签字。", "volunteers/form_join.html"),
    "help": ("请人帮忙登记表", "陪着看病、代买东西、修修补补：填好交给社区、支部。", "volunteers/form_help.html"),
    "hours": ("志愿服务记录表", "做完服务，当天由队长签字，工作人员照着录入。", "volunteers/form_hours.html"),
}  # fmt: skip
LINES = 12


@login_not_required
@require_safe
def forms(request):
    rows = [(key, title, sentence) for key, (title, sentence, _) in FORMS.items()]
    return render(request, "volunteers/forms.html", {"rows": rows})


@login_not_required
@require_safe
def form(request, key):
    if key not in FORMS:
        raise Http404
    title, _, template = FORMS[key]
    frame = PrintFrame(
        title=title, printed_by="网上下载", printed_at=timezone.now(), landscape=key == "hours",
        back_url=reverse("volunteers:forms"),
    )  # fmt: skip
    context = {
        "frame": frame, "services": list(names_of("volunteer_service").values()),
        "skills": list(names_of("volunteer_skill").values()), "weekdays": WEEKDAYS,
        "efforts": list(Effort.labels), "lines": range(1, LINES + 1),
    }  # fmt: skip
    return render(request, template, context)
