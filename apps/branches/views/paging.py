"""Pages of a list at the desk."""

from django.core.paginator import Page, Paginator

PER_PAGE = 20


def page_of(request, rows, *, per_page: int = PER_PAGE) -> Page:
    """The page asked for; the nearest one for any nonsense."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def other_parameters(request) -> str:
    """The parameters of the address without the page, for the links of `{% pagination %}`."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()
