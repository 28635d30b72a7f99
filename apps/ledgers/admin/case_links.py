"""Acts of health, works at home, aid and families on the page of a person: links that this user may follow."""

from django.urls import reverse

from apps.registry.admin.page import Row, Section
from apps.registry.admin.scope import may_on
from apps.registry.models import Cadre

from .case_base import VIEW_HEALTH, VIEW_THOUGHTS

# (words, page, rights that are all needed on the person).
OF_THE_LIVING = (
    ("登记能力评估", "assessment", ("ledgers.add_assessment", VIEW_HEALTH)),
    ("登记住院", "hospitalstay", ("ledgers.add_hospitalstay", VIEW_HEALTH)),
    ("登记体检", "checkup", ("ledgers.add_checkup", VIEW_HEALTH)),
    ("登记长期用药", "medicine", ("ledgers.add_medicine", VIEW_HEALTH)),
    ("登记适老化改造", "homeadaptation", ("ledgers.add_homeadaptation",)),
    ("登记困难帮扶申请", "aidapplication", ("ledgers.add_aidapplication",)),
    ("登记思想动态或心理疏导", "thought", ("ledgers.add_thought", VIEW_THOUGHTS)),
)
OF_THE_DEAD = (
    ("登记遗属", "familyincare", ("ledgers.add_familyincare",)),
    ("登记遗属困难帮扶申请", "aidapplication", ("ledgers.add_aidapplication",)),
)
# What `may_on` should ask together, once a page.
PERMISSIONS = tuple(sorted({right for _, _, rights in (*OF_THE_LIVING, *OF_THE_DEAD) for right in rights}))


def case_sections(request, cadre: Cadre) -> list[Section]:
    """A card of acts for the page of a person, where there is any."""
    links = case_links(request, cadre)
    told = Row("登记以后", "在左边菜单“健康和照料”“困难帮扶”里查看和接着办")
    return [Section("acts", "健康和照料", [told], links=links)] if links else []


def case_links(request, cadre: Cadre) -> list[dict]:
    """Dicts of label and url, for a section of the person's page. Asks no more than `may_on` does."""
    if cadre.voided_at:
        return []
    offered = OF_THE_DEAD if cadre.person.life_status == "deceased" else OF_THE_LIVING
    return [
        {"label": words, "url": f"{reverse(f'admin:ledgers_{page}_add')}?cadre={cadre.pk}"}
        for words, page, rights in offered
        if all(may_on(request, cadre.pk, right) for right in rights)
    ]
