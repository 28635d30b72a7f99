"""Links between the staff pages of volunteering: from a record to the team, project, volunteer, person and account that
belong to it. Who may not look there reads the words alone."""

from django.urls import reverse
from django.utils.html import format_html

from apps.registry.models import Cadre


def page_of(model_name: str, pk: int) -> str:
    """Address of a record's own page on the staff side of volunteers."""
    return reverse(f"admin:volunteers_{model_name}_change", args=[pk])


def link(user, words, model_name: str, pk: int | None):
    """`words`, leading to the record where the user may see such records; the words alone otherwise."""
    if pk is None or not str(words) or not user.has_perm(f"volunteers.view_{model_name}"):
        return words
    return format_html('<a href="{}">{}</a>', page_of(model_name, pk), words)


def volunteer_link(user, volunteer):
    """A volunteer's name; `volunteer` comes with its person."""
    return link(user, volunteer.person.name, "volunteer", volunteer.pk)


def cadre_url(user, person_id: int) -> str:
    """Address of the person's page in the registry; empty where he is not on it or outside the user's units. One
    query."""
    if not user.has_perm("registry.view_cadre"):
        return ""
    if not Cadre.objects.visible_to(user).filter(pk=person_id).exists():
        return ""
    return reverse("admin:registry_cadre_change", args=[person_id])


def person_link(user, person):
    """A person's name, leading to his page in the registry where the user may see it. One query."""
    url = cadre_url(user, person.pk)
    return format_html('<a href="{}">{}</a>', url, person.name) if url else person.name


def person_tools(user, person_id: int) -> list[dict]:
    """The button that leads to the person's page in the registry; none where the user may not see it. One query."""
    url = cadre_url(user, person_id)
    return [{"label": "看这位同志", "url": url}] if url else []
