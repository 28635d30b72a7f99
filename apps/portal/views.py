from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse


@login_not_required
def home(request):
    return HttpResponse("云江市老干部服务平台")


def bad_request(request, exception=None):
    return HttpResponse("400", status=400)


def permission_denied(request, exception=None):
    return HttpResponse("403", status=403)


def not_found(request, exception=None):
    return HttpResponse("404", status=404)


def server_error(request):
    return HttpResponse("500", status=500)


def csrf_failure(request, reason=""):
    return HttpResponse("403", status=403)
