"""The public site: home, the pages to read, the choice of text size, and the pages of refusals."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.common.birthday import lunar_text
from apps.common.display import COOKIE, STEPS, Display, set_cookie
from apps.common.navigation import public_entries

STEP_LABELS = {18: "标准", 24: "大", 30: "更大", 36: "最大"}


def chosen_display(request) -> Display:
    return Display.from_cookie(request.COOKIES.get(COOKIE, ""))


@login_not_required
@require_safe
def home(request):
    today = timezone.localdate()
    name = "portal/elder_home.html" if chosen_display(request).elder else "portal/home.html"
    return render(request, name, {"today": today, "lunar": lunar_text(today)})


@login_not_required
@require_safe
def activities(request):
    return render(
        request,
        "portal/closed.html",
        {
            "heading": "活动",
            "lead": "参观、讲座、书画展、运动会……",
            "title": "网上报名还没有开放",
            "text": "开放以后，这里会列出近期活动、时间、地点和接送安排。",
        },
    )


@login_not_required
@require_safe
def article(request, template: str):
    """A page to read; ``template`` comes from urls.py only."""
    return render(request, template)


@login_not_required
@require_safe
def site_map(request):
    return render(request, "portal/site_map.html", {"entries": public_entries(request.user, request.path)})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def display(request):
    """Choose 长辈版 and the text size; a POST stores the choice in a cookie and goes back to the page."""
    current = chosen_display(request)
    if request.method == "POST":
        size = request.POST.get("size", "")
        chosen = current.switched() if "switch" in request.POST else current
        chosen = chosen.sized(int(size)) if size.isdecimal() else chosen
        response = HttpResponseRedirect(safe_next(request))
        set_cookie(response, chosen, secure=settings.SESSION_COOKIE_SECURE)
        return response
    steps = [{"size": step, "label": STEP_LABELS[step], "is_current": step == current.size} for step in STEPS]
    return render(request, "portal/display.html", {"steps": steps})


def safe_next(request) -> str:
    """The page the visitor came from, when it is one of ours; otherwise the display page itself."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    return target if target.startswith("/") and allowed else reverse("portal:display")


def refusal(request, status: int, heading: str, sentence: str) -> HttpResponse:
    context = {"heading": heading, "sentence": sentence, "status": status}
    return render(request, "error.html", context, status=status)


def bad_request(request, exception=None):
    return refusal(request, 400, "这个请求看不懂", "可能是网址没有复制完整，或者页面放得太久。请回到上一页再试一次。")


def permission_denied(request, exception=None):
    return refusal(request, 403, "您的账号不能看这一页", "如果工作需要，请联系本单位的安全管理员开通。")


def not_found(request, exception=None):
    return refusal(request, 404, "没有找到这一页", "网址可能写错了，或者这一页已经不在了，也可能不归您的账号查看。")


def server_error(request):
    """Without the frame of the pages: that may be what failed."""
    return render(None, "500.html", status=500)


def csrf_failure(request, reason=""):
    """``reason`` is for the log of Django, never shown."""
    return refusal(request, 403, "页面放得太久了", "为了安全，请回到上一页，刷新以后再提交一次。您的账号没有问题。")
