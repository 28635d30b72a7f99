"""What the page of one organisation shows: everything is loaded here, the template asks the database nothing."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.branches.access import organisations_open_to
from apps.branches.choices import ActKind, Link
from apps.branches.models import (
    Inspection,
    Meeting,
    MemberContact,
    Membership,
    Organisation,
    OrganisationAct,
    OrganisationHonour,
)
from apps.branches.queries import subtree_ids, whole_counts
from apps.branches.queries.standing import standings
from apps.registry.models import Cadre

MOST_ACTS = 30


def page_of(model_admin, request, one: Organisation) -> dict:
    """The context of admin/branches/organisation_page.html."""
    today = timezone.localdate()
    (standing,) = standings([one], today)
    children = list(Organisation.objects.get_children(one).filter(voided_at__isnull=True).order_by("path"))
    counts = whole_counts([one, *children], today)
    may_change = model_admin.may_change(request, one)
    people = _in_charge(request.user, [post.person_id for post in standing.posts])
    acts = list(
        OrganisationAct.objects.filter(organisation=one, voided_at__isnull=True).select_related("target")[:MOST_ACTS]
    )
    return {
        "title": one.name,
        "original": one,
        "organisation": one,
        "standing": standing,
        "counts": counts[one.pk],
        "parents": list(Organisation.objects.get_ancestors(one)),
        "children": [(child, counts[child.pk]) for child in children],
        "posts": [(post, post.person_id in people) for post in standing.posts],
        "facts": _facts(one),
        "figures": _figures(one, standing, counts[one.pk], today),
        "honours": OrganisationHonour.objects.filter(organisation=one, voided_at__isnull=True),
        "acts": [_act(act) for act in acts],
        "undo_act": _undoable(acts, one, today) if may_change else None,
        "may_change": may_change,
        "tools": _tools(model_admin, request, one, may_change),
        "links": _links(request.user, one),
    }


def _in_charge(user, ids: list[int]) -> set[int]:
    """Those whose names are links: the reader may open their pages."""
    if not user.has_perm("registry.view_cadre"):
        return set()
    return set(Cadre.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def _facts(one: Organisation) -> list[tuple]:
    began = date_format(one.term_began_on) if one.term_began_on else ""
    return [
        ("简称", one.short_name), ("类型", one.get_kind_display()), ("层级", one.get_level_display()),
        ("所属单位", one.unit), ("依托社区", one.community), ("组建方式", one.get_formation_display()),
        ("人员构成", one.get_composition_display()), ("成立日期", one.established_on),
        ("成立批复文号", one.approval_document),
        ("本届任期", f"{began}至{date_format(one.term_ends_on)}" if one.term_ends_on else ""),
        ("活动场所", "　".join(filter(None, [one.venue, one.venue_address]))),
        ("每月主题党日", f"{one.party_day} 日" if one.party_day else ""), ("联系电话", one.phone),
        ("党建品牌", "：".join(filter(None, [one.brand, one.brand_note]))),
    ]  # fmt: skip


def _figures(one, standing, counts, today) -> list[dict]:
    ids = subtree_ids([one]) or {one.pk}
    covered = MemberContact.objects.filter(organisation_id__in=ids, ends_on__isnull=True, voided_at__isnull=True)
    links = Membership.objects.current(today).filter(organisation_id__in=ids, link=Link.FORMAL)
    year = Meeting.objects.filter(
        organisation_id__in=ids, held_on__year=today.year, held_on__lte=today, voided_at__isnull=True
    )
    return [
        {"label": "正式党员", "value": counts.full},
        {"label": "预备党员", "value": counts.probationary},
        {"label": "其他组织关系", "value": counts.others},
        {"label": "班子成员", "value": len(standing.committee)},
        {"label": "今年会议、活动", "value": year.count()},
        {"label": "有联系人的党员", "value": covered.count(), "note": f"共 {links.count()} 名"},
    ]


def _act(act: OrganisationAct) -> dict:
    note = "　".join(filter(None, [act.document_no, act.note, f"并入 {act.target}" if act.target_id else ""]))
    return {"when": act.happened_on, "text": act.get_kind_display(), "note": note}


def _undoable(acts: list[OrganisationAct], one: Organisation, today) -> OrganisationAct | None:
    if one.dissolved_on is None:
        return None
    return next(
        (
            act for act in acts
            if act.kind in (ActKind.DISSOLVED, ActKind.MERGED) and timezone.localdate(act.created_at) == today
            and act.moved
        ),
        None,
    )  # fmt: skip


def _tools(model_admin, request, one: Organisation, may_change: bool) -> list[dict]:
    url = model_admin.act_url
    tools = []
    if may_change and one.is_standing:
        tools += [
            {"label": "修改", "url": "?edit=1", "main": True}, {"label": "登记荣誉", "url": url("honour", one.pk)},
            {"label": "调整上级", "url": url("move", one.pk)}, {"label": "并入别的支部", "url": url("merge", one.pk)},
            {"label": "撤销", "url": url("dissolve", one.pk)},
        ]  # fmt: skip
    if request.user.has_perm("registry.view_cadre"):
        tools += [
            {"label": "党员花名册", "url": url("members", one.pk)},
            {"label": "班子成员名册", "url": url("committee", one.pk)},
        ]
    return [*tools, {"label": "谁改过什么", "url": model_admin.url_of("history", one)}]


def _links(user, one: Organisation) -> list[dict]:
    """Ways to what belongs to it, where the reader may go."""
    found = []
    if user.has_perm("branches.view_membership"):
        found.append({"label": "党员组织关系", "url": _list("membership", one)})
    if user.has_perm("branches.view_post"):
        found.append({"label": "任职", "url": _list("post", one)})
    if user.has_perm("branches.view_inspection"):
        found.append({"label": f"督导检查（{_inspections(one)}）", "url": _list("inspection", one)})
    if one.is_standing and organisations_open_to(user, "branches.enter_for_branch").filter(pk=one.pk).exists():
        desk = [("支部概况（代录）", "overview"), ("联系党员", "contacts"), ("整改情况", "inspections")]
        found += [{"label": label, "url": reverse(f"branches:{name}", args=[one.public_id])} for label, name in desk]
    return found


def _inspections(one: Organisation) -> int:
    return Inspection.objects.filter(organisation=one, voided_at__isnull=True).count()


def _list(model: str, one: Organisation) -> str:
    return f"{reverse(f'admin:branches_{model}_changelist')}?organisation={one.pk}"
