"""报名窗口: one box, one person, what he may do; then review, confirm, slip (rule book 9.45, 9.46)."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common import audit, form_keys
from apps.common.errors import BusinessError
from apps.common.navigation import resolve, resolve_for
from apps.people.queries import reach_of
from apps.signups.choices import SignUpState
from apps.signups.kinds import kind_of
from apps.signups.models import Round, SignUp
from apps.university.forms.desk import BoxForm, DrawForm, WayForm
from apps.university.models import ClassGroup
from apps.university.queries.desk import Found, find, find_person
from apps.university.queries.desk_classes import (
    choices_for,
    find_class,
    is_lottery,
    left_words,
    open_classes,
    place_words,
    waiting_counts,
    when_words,
    with_facts,
)
from apps.university.queries.desk_person import facts_of, lines_of, papers_wanting
from apps.university.rules.when import fee_words
from apps.university.services.desk import ask_in_draw, enrol, ticket_of
from apps.university.services.fees import fee_for

from .desk_base import DeskPages, moment_words, person_url, to, url

FIRST_SHOWN = 30
LINKS = (
    ("递补待联系", "轮到的人，打电话告诉他", "signups_offer_changelist"),
    ("排队号", "先发号，人坐着等", "university_queueday_changelist"),
    ("登记本", "停电、断网时用纸登记，恢复后补录", "university_padsheet_changelist"),
    ("留名额、放开名额", "给登记本留几个名额", "university_held_back"),
    ("窗口日结", "一天办了多少，打印、下载", "university_day_end"),
)


class WindowPages(DeskPages):
    """Mixed into SignUpAdmin."""

    def get_urls(self):
        pages = [
            path("desk/", self.staff_view(self.window_view), name="university_desk"),
            path("desk/<str:sealed>/", self.staff_view(self.desk_person_view), name="university_desk_person"),
            path("desk/<str:sealed>/class/<int:pk>/", self.staff_view(self.enrol_view), name="university_desk_enrol"),
            path("desk/<str:sealed>/draw/<int:pk>/", self.staff_view(self.draw_view), name="university_desk_draw"),
        ]
        return pages + super().get_urls()

    # The box

    def window_view(self, request):
        """The box; what it finds is never in an address and never in a log."""
        schools = self.desk_of(request)
        sent = request.method == "POST"
        form = BoxForm(request.POST if sent else None)
        found = Found()
        if sent and form.is_valid():
            found = find(form.cleaned_data["box"], schools=schools, user=request.user, on=timezone.localdate())
            if found.people:
                audit.look("desk.find", actor=request.user, people=[one.pk for one in found.people], request=request)
            if len(found.people) == 1:
                return HttpResponseRedirect(person_url(found.people[0], request.user))
        elif sent:
            found = Found(sentence="".join(form.errors.get("box", ["请再输一次。"])))
        context = {
            "title": "报名窗口", "form": BoxForm(), "found": found, "sent": sent, "schools": list(schools[:20]),
            "people": [
                {"url": person_url(one, request.user), "person": one, "facts": facts_of(one, on=timezone.localdate())}
                for one in found.people
            ],
            "classes": [(one, *class_words(one)) for one in with_facts_of(found.classes)],
            "links": [(label, note, url(name)) for label, note, name in LINKS],
            "register_url": resolve("admin:university_student_add") if found.is_new else "",
        }  # fmt: skip
        return self.page(request, "admin/university/desk.html", context, status=422 if sent and found.sentence else 200)

    # One person

    def desk_person_view(self, request, sealed):
        """Who he is, what stands, what is open; a class is typed by its number or picked from the list."""
        schools, person = self.desk_of(request), self.person_of(request, sealed)
        now = timezone.now()
        on = timezone.localdate(now)
        asked = request.GET.get("class", "").replace("\0", "").strip()[:60]
        classes = open_classes(schools, now)
        sentence = ""
        if asked and "find" not in request.GET:
            found = find_class(asked, classes)
            if isinstance(found, ClassGroup):
                return HttpResponseRedirect(self.class_url(sealed, found))
            sentence = found
        choices = choices_for(person, classes, on=on, text=asked)
        lines = lines_of(person, schools, now=now)
        context = {
            "title": person.name, "person": person, "facts": facts_of(person, on=on), "sealed": sealed,
            "reach": reach_of([person.pk], with_phones=False, on=on).get(person.pk),
            "lines": lines,
            "owes": sum(line.owes for line in lines if line.owes),
            "papers": papers_wanting(person.student, on) if hasattr(person, "student") else [],
            "asked": asked, "sentence": sentence if not choices or sentence and asked.isdecimal() else "",
            "fits": [
                (one, self.class_url(sealed, one.class_group)) for one in choices[:FIRST_SHOWN] if not one.why_not
            ],
            "others": [one for one in choices if one.why_not][:FIRST_SHOWN],
            "more": len(choices) - FIRST_SHOWN,
            "student_url": student_url(request, person),
        }  # fmt: skip
        return self.page(request, "admin/university/desk_person.html", context)

    def class_url(self, sealed: str, class_group: ClassGroup) -> str:
        if is_lottery(class_group):
            return url("university_desk_draw", sealed, class_group.offering.round_id, first=class_group.pk)
        return url("university_desk_enrol", sealed, class_group.pk)

    # First come

    def enrol_view(self, request, sealed, pk):
        """Review, then one act: sent twice, or again after a lost connection, it is the same sign-up."""
        schools, person = self.desk_of(request), self.person_of(request, sealed)
        now = timezone.now()
        class_group = with_facts(ClassGroup.objects.current().filter(school__in=schools, pk=pk)).first()
        if class_group is None:
            raise Http404
        if request.method != "POST" and (keyed := form_keys.keyed_address(request)):
            return keyed
        form = WayForm(request.POST if request.method == "POST" else None)
        key = form_keys.key_of(request)
        if request.method == "POST" and key is not None and form.is_valid():
            try:
                done = enrol(
                    class_group, person, way=form.cleaned_data["way"], actor=request.user, now=now, form_key=key
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return to("signups_signup_change", done.pk)
        refusal = kind_of(class_group.offering).refusals(class_group.offering, [person.pk], timezone.localdate(now))
        waiting = waiting_counts([class_group.offering_id]).get(class_group.offering_id, 0)
        context = {
            "title": f"{person.name}：{class_group.offering.title}", "person": person, "form": form,
            "back": url("university_desk_person", sealed), "key": key,
            "class_group": class_group, "facts": class_facts(class_group, person, timezone.localdate(now)),
            "left": left_words(class_group, waiting), "refusal": refusal.get(person.pk, ""),
            "will_wait": waiting > 0 or class_group.offering.places.free == 0, "next": waiting + 1,
        }  # fmt: skip
        return self.page(request, "admin/university/desk_enrol.html", context, status=422 if form.errors else 200)

    # A draw

    def draw_view(self, request, sealed, pk):
        """His choices of a round in order; a ticket he has is changed."""
        schools, person = self.desk_of(request), self.person_of(request, sealed)
        now = timezone.now()
        round = Round.objects.filter(pk=pk, voided_at__isnull=True).first()
        classes = list(open_classes(schools, now).filter(offering__round=pk)) if round else []
        if not classes:
            raise Http404
        if request.method != "POST" and (keyed := form_keys.keyed_address(request)):
            return keyed
        ticket = ticket_of(person, round)
        chosen = first_choices(request, ticket, person, classes)
        form = DrawForm(
            request.POST if request.method == "POST" else None, classes=classes, most=round.most_choices,
            wants=ticket.wants if ticket else 1, chosen=chosen, is_new=ticket is None,
        )  # fmt: skip
        if request.method == "POST" and form_keys.key_of(request) and form.is_valid():
            try:
                ticket = self.send_ticket(request, form, person, classes, now)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已报上抽签，编号 {ticket.number}。{person.name}等抽签结果，不用再来排队。")
                return to("signups_signup_change", ticket.sign_ups.filter(person=person, state=SignUpState.APPLIED)
                          .order_by("preference").values_list("pk", flat=True)[0])  # fmt: skip
        context = {
            "title": f"{person.name}：{round.name}", "person": person, "form": form, "round": round, "ticket": ticket,
            "closes": moment_words(round.closes_at), "back": url("university_desk_person", sealed),
            "key": form_keys.key_of(request),
        }  # fmt: skip
        return self.page(request, "admin/university/desk_draw.html", context, status=422 if form.errors else 200)

    def send_ticket(self, request, form: DrawForm, person, classes: list[ClassGroup], now):
        by_key = {one.pk: one for one in classes}
        persons = [person]
        companion = form.cleaned_data.get("companion", "").strip()
        if companion:
            other = find_person(companion, user=request.user, on=timezone.localdate(now))
            if isinstance(other, str):
                raise BusinessError(other, field="companion")
            audit.look("desk.find", actor=request.user, people=[other.pk], request=request)
            persons.append(other)
        return ask_in_draw(
            [by_key[key] for key in form.chosen()], persons, wants=int(form.cleaned_data["wants"]),
            way=form.cleaned_data["way"], actor=request.user, now=now, form_key=form_keys.key_of(request),
        )  # fmt: skip


def first_choices(request, ticket, person, classes: list[ClassGroup]) -> list[int]:
    """What the form begins with: the ticket's choices, then the class that was picked."""
    by_offering = {one.offering_id: one.pk for one in classes}
    chosen = []
    if ticket is not None:
        rows = SignUp.objects.filter(ticket=ticket, person=person, state=SignUpState.APPLIED).order_by(
            "preference", "pk"
        )
        chosen = [by_offering[row.offering_id] for row in rows if row.offering_id in by_offering]
    first = request.GET.get("first", "")
    if first.isdecimal() and int(first) in by_offering.values() and int(first) not in chosen:
        chosen.append(int(first))
    return chosen


def with_facts_of(classes) -> list[ClassGroup]:
    rows = {one.pk: one for one in with_facts(ClassGroup.objects.filter(pk__in=[one.pk for one in classes]))}
    return [rows[one.pk] for one in classes]


def class_words(class_group: ClassGroup) -> tuple[str, str]:
    return when_words(class_group), place_words(class_group)


def class_facts(class_group: ClassGroup, person, on) -> list[tuple[str, str]]:
    """What is read to him before he says yes."""
    student = getattr(person, "student", None)
    fee, discount = fee_for(class_group, student, on) if student else (class_group.fee, "")
    last = class_group.until.fromordinal(class_group.until.toordinal() - 1)
    return [
        ("上课时间", when_words(class_group)),
        ("地点", place_words(class_group)),
        ("起止", f"{class_group.first_on:%Y-%m-%d} 至 {last:%Y-%m-%d}"),
        ("主讲", str(class_group.teacher) if class_group.teacher else ""),
        ("应缴", f"{fee_words(fee)}{f'（{discount}）' if discount else ''}"),
        ("班级编号", str(class_group.pk)),
    ]


def student_url(request, person) -> str:
    known = hasattr(person, "student")
    return resolve_for(f"university.student:{person.pk}", "change", request.user) if known else ""
