"""What every staff page here needs."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse


def page(request, template: str, title: str, context: dict) -> TemplateResponse:
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})


def require(request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
