"""The facts that stand in the five sections of a plan, above its needs: one provider a subject.

A provider is a function `(about: About) -> Iterable[Line]`: it reads what it needs in one statement or two, yields only
what `about.sees(right)` allows, and names the right on lines that need one of their own, so that a frozen version can
leave them out for other readers. Subjects add theirs to PROVIDERS.
"""

from collections.abc import Callable, Iterable, Iterator

from apps.branches.models import Membership
from apps.common import change_log
from apps.common.phone import readable_phone
from apps.ledgers.choices import Reason, Section
from apps.ledgers.models import Assessment, CareAssignment, CareTier, HomeAdaptation, HospitalStay
from apps.people.choices import CODE_LISTS as PEOPLE_LISTS
from apps.people.queries import reach_of
from apps.registry.choices import CODE_LISTS as CADRE_LISTS
from apps.registry.models import Health
from apps.registry.wording import age_of

from . import treatment_facts
from .plan_facts import aid, contacts
from .plan_lines import About, Line

VIEW_CONTACT, VIEW_HEALTH, VIEW_TIER = "people.view_contact", "registry.view_health", "ledgers.view_caretier"
CODE_LISTS = PEOPLE_LISTS | CADRE_LISTS


Provider = Callable[[About], Iterable[Line]]


def said(row, name: str) -> str:
    """A field's value in words, empty where there is none."""
    item = row._meta.get_field(name)
    value = getattr(row, item.attname)
    return "" if value in (None, "", []) else change_log.shown(item, value, CODE_LISTS, {})


def line(row, name: str, *, right: str = "", inside: bool = False) -> Line:
    return Line(label=str(row._meta.get_field(name).verbose_name), text=said(row, name), right=right, inside=inside)


def basics(about: About) -> Iterator[Line]:
    """Who he is: the head of the paper. The age counts full years."""
    cadre, person = about.cadre, about.cadre.person
    age = age_of(person, about.on)
    born = person.birth_date.display() if person.birth_date else ""
    yield Line(label="性别", text=person.get_sex_display() if person.sex in "12" else "")
    yield Line(label="出生年月", text=f"{born}（{age} 岁）" if born and age is not None else born)
    for name in ("ethnicity", "native_place", "political_status"):
        yield line(person, name)
    yield Line(label="离退休类型", text=cadre.get_retire_type_display())
    for name in ("work_start", "joined_party_on", "retired_on", "former_post", "leader_rank"):
        yield line(cadre, name)
    yield Line(label="管理单位", text=str(cadre.managing_unit))
    membership = Membership.objects.current(about.on).filter(person=person, link="formal")
    branch = membership.select_related("organisation").first()
    yield Line(label="所在支部", text=str(branch.organisation) if branch else "")


def household(about: About) -> Iterator[Line]:
    """How he lives, where, and who is there for him."""
    cadre = about.cadre
    for name in ("marital", "living", "children_count", "special_difficulties", "wishes", "interests"):
        yield line(cadre, name)
    if not about.sees(VIEW_CONTACT):
        return
    reach = reach_of([cadre.pk], with_phones=True, on=about.on)[cadre.pk]
    yield Line(label="现住址", text=reach.address, right=VIEW_CONTACT)
    numbers = "、".join(number.shown for number in reach.numbers[:2])
    yield Line(label="联系电话", text=numbers, right=VIEW_CONTACT)
    names = change_log.names_of(CODE_LISTS["relation"])
    rows = cadre.person.relatives.filter(voided_at__isnull=True, is_living=True)
    told = [
        "".join(
            filter(None, (row.name, f"（{row.relation_note or names.get(row.relation, '')}）", _dialled(row.phone)))
        )
        for row in rows[:2]
    ]
    yield Line(label="联系人", text="；".join(told), right=VIEW_CONTACT)


def _dialled(phone: str | None) -> str:
    return readable_phone(phone) if phone else ""


def carers(about: About) -> Iterator[Line]:
    """Who answers for him."""
    rows = CareAssignment.objects.open().filter(cadre=about.cadre).select_related("carer").order_by("role", "pk")
    for row in rows[:3]:
        phone = f" {readable_phone(row.carer.phone)}" if row.carer.phone else ""
        yield Line(label=row.get_role_display(), text=f"{row.carer.display_name}{phone}")


def tier(about: About) -> Iterator[Line]:
    """The decided tier and why; never shown to himself or his family."""
    if not about.sees(VIEW_TIER):
        return
    row = CareTier.objects.filter(cadre=about.cadre, voided_at__isnull=True).first()
    if row is not None:
        reasons = "、".join(Reason(reason).label for reason in row.suggested_reasons)
        words = f"{row.get_level_display()}{f'（{reasons}）' if reasons else ''}"
        yield Line(label="服务等级", text=words, right=VIEW_TIER, inside=True)


def standing(about: About) -> Iterator[Line]:
    """Which treatment he is entitled to."""
    for name in ("treatment", "treatment_document", "medical_treatment"):
        yield line(about.cadre, name)


def health(about: About) -> Iterator[Line]:
    """How he is, for those who may know."""
    if not about.sees(VIEW_HEALTH):
        return
    row = Health.objects.filter(cadre=about.cadre).first()
    if row is None:
        return
    for name in ("condition", "hospital", "green_card"):
        yield line(row, name, right=VIEW_HEALTH)
    for name in ("ability", "assessed_on"):
        yield line(row, name, right=VIEW_HEALTH, inside=True)


def ability(about: About) -> Iterator[Line]:
    """When ability is assessed again, and where he is if in hospital, for those who may know."""
    if not about.sees(VIEW_HEALTH):
        return
    row = Assessment.objects.latest().filter(cadre=about.cadre).only("next_due_on", "due_because").first()
    if row is not None:
        words = f"{row.next_due_on:%Y-%m-%d}（{row.get_due_because_display()}）"
        yield Line(label="下次能力评估", text=words, right=VIEW_HEALTH, inside=True)
    stay = HospitalStay.objects.open().filter(cadre=about.cadre).defer("condition", "outcome_note").first()
    if stay is not None:
        where = " ".join(filter(None, (stay.hospital, stay.department)))
        yield Line(label="正在住院", text=f"{where}（{stay.admitted_on:%Y-%m-%d} 起）", right=VIEW_HEALTH)


def works_at_home(about: About) -> Iterator[Line]:
    """The last two cases of 适老化改造 and how far they are."""
    for row in HomeAdaptation.objects.standing().filter(cadre=about.cadre)[:2]:
        day = row.accepted_on or row.cancelled_on or row.asked_on
        yield Line(label="适老化改造", text=f"{row.get_state_display()}（{day:%Y-%m-%d}）{row.wish}")


def treatments(about: About) -> Iterator[Line]:
    """What he was due this year and had; papers, card, journeys."""
    if about.sees(treatment_facts.SEE_DUES):
        for name, words in treatment_facts.dues_of_year(about.cadre, about.on):
            yield Line(label=name, text=words, right=treatment_facts.SEE_DUES)
    if about.sees(treatment_facts.SEE_PAPERS):
        words = treatment_facts.paper_words(about.cadre, about.on.year)
        yield Line(label="订阅报刊", text=words, right=treatment_facts.SEE_PAPERS)
    if about.sees(treatment_facts.SEE_CARDS):
        yield Line(label="绿色通道卡", text=treatment_facts.card_words(about.cadre), right=treatment_facts.SEE_CARDS)
    if about.sees(treatment_facts.SEE_JOURNEYS):
        words = treatment_facts.journey_words(about.cadre)
        yield Line(label="最近一次疗养", text=words, right=treatment_facts.SEE_JOURNEYS)


def nearby(about: About) -> Iterator[Line]:
    """What his community offers of the four."""
    yield Line(label="社区四就近", text=treatment_facts.nearby_words(about.cadre))


# In each section in this order. What others know of a person is added here.
PROVIDERS: dict[str, tuple[Provider, ...]] = {
    Section.BASICS: (basics, household, carers),
    Section.TREATMENT: (
        standing,
        treatments,
    ),
    Section.WELLBEING: (
        tier,
        health,
        ability,
        works_at_home,
    ),
    Section.WARMTH: (contacts, aid),
    Section.PLATFORM: (nearby,),
}


def lines_of(about: About) -> dict[str, list[Line]]:
    """section → what is known, empty lines left out; a fixed number of statements."""
    return {
        section: [found for provider in providers for found in provider(about) if found.text]
        for section, providers in PROVIDERS.items()
    }
