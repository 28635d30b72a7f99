"""空中课堂 and 网上老年大学: what there is, one series, one lesson, and 我学完了这一课."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from apps.university.choices.air import FileRole, LessonKind
from apps.university.models import Lesson, LessonSeries
from apps.university.queries import air as shown
from apps.university.rules.air import minutes_words, size_words
from apps.university.services.air import finish, unfinish

from .lesson_files import open_to

PER_PAGE = 12
LONGEST = 40


@login_not_required
@require_safe
def air(request):
    """By interest and by words; what he has begun comes first."""
    said = {name: request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in ("q", "like")}
    text, interest = said["q"], said["like"]
    interests = shown.interests_shown()
    if interest not in dict(interests):
        interest = ""
    viewer = shown.viewer_of(request.user, timezone.localdate())
    page = Paginator(shown.series_to_show(text=text, interest=interest), PER_PAGE).get_page(request.GET.get("page"))
    goings = [] if text or interest else shown.goings_of(viewer.person)
    context = {
        "page": page, "text": text, "interest": interest, "interests": interests, "goings": goings,
        "query": urlencode({key: value for key, value in (("q", text), ("like", interest)) if value}),
        "total": f"共 {page.paginator.count} 套课",
    }  # fmt: skip
    return render(request, "university/air/index.html", context)


@login_not_required
@require_safe
def air_series(request, series):
    row = get_object_or_404(LessonSeries.objects.shown().select_related("school", "course"), public_id=series)
    viewer = shown.viewer_of(request.user, timezone.localdate())
    lessons = list(shown.lessons_of(row))
    done = shown.done_among(viewer.person, [lesson.pk for lesson in lessons])
    rows = [
        {"lesson": lesson, "done": lesson.pk in done, "open": shown.may_watch(lesson, viewer), "about": about(lesson)}
        for lesson in lessons
    ]
    left = next((one["lesson"] for one in rows if not one["done"]), None) if done else None
    context = {"series": row, "rows": rows, "going_on": left, "first": lessons[0], "all_done": bool(done) and not left}
    return render(request, "university/air/series.html", context)


def about(lesson: Lesson) -> str:
    """视频课 · 约12分钟 · 有字幕."""
    main = next((file for file in lesson.current_files if file.role == FileRole.MAIN), None)
    words = [lesson.get_kind_display(), minutes_words(main.seconds) if main else ""]
    if lesson.captions and lesson.kind != LessonKind.TEXT:
        words.append("有字幕")
    return " · ".join(filter(None, words))


def lesson_address(lesson: Lesson) -> str:
    return reverse("university:air_lesson", args=[lesson.public_id])


@login_not_required
@require_safe
def air_lesson(request, lesson):
    """Player or text. Who may not watch it is told how he can; what is not published is not there."""
    row = get_object_or_404(
        Lesson.objects.select_related("series__school", "series__course").filter(voided_at=None), public_id=lesson
    )
    viewer = shown.viewer_of(request.user, timezone.localdate())
    allowed = open_to(request, row)
    if not allowed and not (row.published_at and row.series.voided_at is None):
        raise Http404
    siblings = list(shown.lessons_of(row.series))
    context = {
        "lesson": row, "series": row.series, "school": row.series.school, "allowed": allowed,
        "preview": not row.published_at, "person": viewer.person,
        "done": bool(shown.done_among(viewer.person, [row.pk])),
        "outside_host": urlsplit(row.outside_url).hostname or "",
        "door": f"{reverse('account_phone')}?{urlencode({'next': request.path})}",
        **neighbours(row, siblings),
    }  # fmt: skip
    if allowed:
        context |= files_of(request, row)
    return render(request, "university/air/lesson.html", context, status=200 if allowed else 403)


def neighbours(row: Lesson, siblings: list[Lesson]) -> dict:
    place = next((number for number, one in enumerate(siblings) if one.pk == row.pk), None)
    if place is None:
        return {"number": row.position, "total": len(siblings)}
    return {
        "number": place + 1, "total": len(siblings),
        "before": siblings[place - 1] if place else None,
        "after": siblings[place + 1] if place + 1 < len(siblings) else None,
    }  # fmt: skip


def files_of(request, row: Lesson) -> dict:
    """The file to play, the other one to choose, and what can be saved."""
    files = {file.role: file for file in row.files.filter(removed_at__isnull=True)}
    main, slow = files.get(FileRole.MAIN), files.get(FileRole.SLOW)
    playing = slow if slow and request.GET.get("line") == "slow" else main
    downloads = [
        {"label": FileRole(role).label, "size": size_words(file.size), "url": file_address(file)}
        for role in (FileRole.SLOW, FileRole.MAIN, FileRole.HANDOUT)
        if (file := files.get(role))
    ]
    return {
        "playing": playing, "playing_url": file_address(playing) if playing else "",
        "is_slow": bool(playing and playing is slow and slow is not main), "has_slow": bool(slow and main),
        "slow_words": size_words(slow.size) if slow else "", "main_words": size_words(main.size) if main else "",
        "minutes": minutes_words(main.seconds) if main else "", "downloads": downloads,
    }  # fmt: skip


def file_address(file) -> str:
    return reverse("university:lesson_file", args=[file.public_id])


@require_POST
def air_done(request, lesson):
    """我学完了这一课, or taken back. Only what he may watch, only for himself."""
    row = get_object_or_404(Lesson.objects.published().select_related("series"), public_id=lesson)
    viewer = shown.viewer_of(request.user, timezone.localdate())
    if viewer.person is None or not shown.may_watch(row, viewer):
        raise Http404
    (unfinish if "undo" in request.POST else finish)(row, viewer.person)
    return HttpResponseRedirect(f"{lesson_address(row)}#done")
