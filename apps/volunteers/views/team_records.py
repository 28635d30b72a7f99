"""Records that wait for the leader's word: confirmed in one press, or not, with the reason. Never his own."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.volunteers.models import ServiceRecord, Team
from apps.volunteers.queries.records import name_of
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services import records as acts

from .leading import leader_page
from .team_home import waiting_records

SHOWN = 50
NOTHING = "请先在要办的那几条前面打勾。"
UNKNOWN = "没有看懂点的是哪个按钮，请再点一次。"


@leader_page
def records(request, team: Team):
    rows = list(waiting_records(team)[:SHOWN])
    sentence = ""
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, rows))
            return HttpResponseRedirect(request.path)
        except BusinessError as refusal:
            sentence = refusal.sentence
    if rows:
        people = [row.volunteer_id for row in rows]
        audit.look("open", actor=request.user, people=people, target=f"volunteers.team:{team.pk}", request=request)
    ticked = set(request.POST.getlist("record"))
    context = {
        "team": team, "sentence": sentence, "reason": request.POST.get("reason", "")[:120],
        "lines": [_line(row, str(row.public_id) in ticked) for row in rows],
    }  # fmt: skip
    return render(request, "volunteers/team_records.html", context, status=422 if sentence else 200)


def _line(row: ServiceRecord, is_ticked: bool) -> dict:
    return {
        "row": row, "what": name_of(row), "day": day_words(row.on), "time": span_words(row.starts, row.ends),
        "length": length_words(row.minutes), "is_ticked": is_ticked,
    }  # fmt: skip


def _pressed(request, rows: list[ServiceRecord]) -> str:
    """The sentence that says what was done with those that were ticked."""
    wanted, act = set(request.POST.getlist("record")), request.POST.get("act", "")
    chosen = [row for row in rows if str(row.public_id) in wanted]
    if not chosen:
        raise BusinessError(NOTHING, code="none")
    if act == "confirm":
        done = acts.confirm(chosen, actor=request.user, now=timezone.now())
        left = len(chosen) - done
        own = f"其中 {left} 条是您自己的，要请别人确认。" if left else ""
        return f"确认了 {done} 条。{own}"
    if act == "refuse":
        reason = request.POST.get("reason", "")
        done = acts.refuse(chosen, reason=reason, actor=request.user, now=timezone.now())
        return f"{done} 条记为未通过，本人看得到原因。"
    raise BusinessError(UNKNOWN, code="act")
