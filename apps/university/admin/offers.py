"""递补待联系: whom to ring now and how he can be reached, what he said, and the sheet for the telephone."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.common import audit, form_keys
from apps.common.admin import RecordAdmin
from apps.common.admin_lists import page_number
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.people.queries import reach_of
from apps.signups.choices import AttemptWay, OfferState, SignUpSource
from apps.signups.models import Offer, OfferAttempt
from apps.signups.services import offers as offer_services
from apps.university.forms.offers import MISSED, OUTCOMES, REFUSES, TAKES, AnswerForm
from apps.university.models import ClassGroup, School
from apps.university.queries.desk_classes import when_words, with_facts
from apps.university.queries.offers import FILTERS, TELL, counts, deadline_of, open_offers, worklist

from .desk_base import DeskPages, url

A_PAGE = 30
MOST_ON_PAPER = 200


@admin.register(Offer)
class OfferAdmin(DeskPages, RecordAdmin):
    """Offers at classes of the user's schools. They are made by the queue itself, and answered here or on the web."""

    select_related_in_record = ("sign_up__person", "sign_up__offering__class_group__school", "answered_by")

    def rows_for(self, user, permission):
        if not user.has_perm(permission):
            return Offer.objects.none()
        schools = School.objects.visible_to(user, permission)
        return Offer.objects.filter(sign_up__offering__class_group__school__in=schools.order_by().values("pk"))

    def has_add_permission(self, request):
        return False

    def may_change(self, request, obj):
        return False

    def people_of(self, obj):
        return [obj.sign_up.person_id]

    def get_urls(self):
        pages = [
            path("print/", self.staff_view(self.print_view), name="signups_offer_print"),
            path("<path:object_id>/answer/", self.staff_view(self.answer_view), name="signups_offer_answer"),
        ]
        return pages + super().get_urls()

    # The list

    def chosen(self, request):
        """(school or None, which filter, offers of the user's schools) from the address."""
        schools = School.objects.visible_to(request.user, self.right("view")).current()
        asked, options = request.GET.get("school", ""), list(schools.order_by("position", "pk")[:60])
        school = next((one for one in options if str(one.pk) == asked), None)
        which = request.GET.get("which", TELL)
        which = which if which in dict(FILTERS) else TELL
        return school, which, open_offers(schools.filter(pk=school.pk) if school else schools), options

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        school, which, offers, schools = self.chosen(request)
        now = timezone.now()
        numbers = counts(offers, now)
        paginator = Paginator(worklist(offers, which, now), A_PAGE)
        paginator.count = numbers[which]  # counted already
        page = paginator.get_page(page_number(request) or 1)
        query = f"which={which}&school={school.pk if school else ''}"
        context = {
            "title": "递补待联系", "rows": self.rows_of(request, list(page.object_list), now), "page": page,
            "query": query, "school": school, "schools": schools, "which": which,
            "filters": [(key, label, numbers[key]) for key, label in FILTERS],
            "may_answer": request.user.has_perm("university.use_desk"),
            "print_url": f"{url('signups_offer_print')}?{query}",
        }  # fmt: skip
        return self.page(request, "admin/university/offers.html", context)

    def rows_of(self, request, offers: list[Offer], now) -> list[dict]:
        """Loaded before the look is logged: numbers stand in full, since whoever is here has to ring."""
        ids = [offer.sign_up.person_id for offer in offers]
        rings = request.user.has_perm("university.use_desk")
        reaches = reach_of(ids, with_phones=rings, on=timezone.localdate(now))
        keys = [offer.sign_up.offering.class_group.pk for offer in offers]
        classes = {one.pk: one for one in with_facts(ClassGroup.objects.filter(pk__in=keys))}
        last = last_attempts(offers)
        rows = [
            {
                "offer": offer, "person": offer.sign_up.person, "title": offer.sign_up.offering.title,
                "school": offer.sign_up.offering.class_group.school,
                "when": when_words(classes[offer.sign_up.offering.class_group.pk]),
                "reach": reaches.get(offer.sign_up.person_id), "deadline": deadline_of(offer, now),
                "attempts": last.get(offer.pk, []),
            }
            for offer in offers
        ]  # fmt: skip
        if ids:
            audit.look("open", actor=request.user, people=sorted(set(ids)), fields=["phone"] if rings else [],
                       target="signups.offer", request=request)  # fmt: skip
        return rows

    def print_view(self, request):
        """The same list on A4 lying on its side, with room to tick what he said."""
        if not request.user.has_perm("university.use_desk") or not self.has_view_permission(request):
            raise PermissionDenied
        school, which, offers, _ = self.chosen(request)
        now = timezone.now()
        rows = self.rows_of(request, list(worklist(offers, which, now)[:MOST_ON_PAPER]), now)
        audit.look("print", actor=request.user, people=sorted({row["person"].pk for row in rows}), fields=["phone"],
                   target="signups.offer", request=request)  # fmt: skip
        context = {
            "frame": frame_for(
                request, "递补电话单", landscape=True, columns=7, signature="打电话的人", order="等得最久的在前",
                scope=f"{school or '全部学校'}　{dict(FILTERS)[which]}　{len(rows)} 位",
                back_url=f"{url('signups_offer_changelist')}?which={which}",
            ),
            "rows": rows, "outcomes": [label for _, label in OUTCOMES],
        }  # fmt: skip
        return self.page(request, "print/university/offer_calls.html", context)

    # One offer

    def change_view(self, request, object_id, form_url="", extra_context=None):
        offer = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, offer) or request.method == "POST":
            raise PermissionDenied
        if offer.state == OfferState.OPEN and request.user.has_perm("university.use_desk"):
            return HttpResponseRedirect(self.url_of("answer", offer))
        return HttpResponseRedirect(url("signups_signup_change", offer.sign_up_id))

    def answer_view(self, request, object_id):
        """Record an attempt and, where he said so, his answer on his behalf. Sent twice it is one."""
        offer = self.get_object(request, unquote(object_id))
        if not self.desk_of(request).filter(pk=offer.sign_up.offering.class_group.school_id).exists():
            raise PermissionDenied
        if request.method != "POST" and (keyed := form_keys.keyed_address(request)):
            return keyed
        now = timezone.now()
        key = form_keys.key_of(request)
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and key is not None and form.is_valid():
            try:
                messages.success(request, self.answer(offer, form.cleaned_data, request.user, now, key))
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(url("signups_offer_changelist"))
        if offer.state != OfferState.OPEN and not form.is_bound:
            messages.info(request, f"这个名额已经答复：{offer.get_state_display()}。")
            return HttpResponseRedirect(url("signups_signup_change", offer.sign_up_id))
        [row] = self.rows_of(request, [offer], now)
        context = {
            "title": f"{row['person'].name}：{row['title']}", "original": offer, "form": form, "row": row,
            "back": url("signups_offer_changelist"),
        }  # fmt: skip
        return self.page(request, "admin/university/offer_answer.html", context, status=422 if form.errors else 200)

    def answer(self, offer: Offer, values: dict, actor, now, key) -> str:
        """The attempt first, so that it stands even where the answer is refused; then the answer. Returns what was
        done."""
        way, outcome, name = values["way"], values["outcome"], offer.sign_up.person.name
        offer_services.record_attempt(
            offer, way=way, reached=outcome != MISSED, note=values["note"], actor=actor, now=now, form_key=key
        )
        via = SignUpSource.DESK if way == AttemptWay.VISIT else SignUpSource.PHONE
        if outcome == TAKES:
            offer_services.accept(offer, actor=actor, now=now, via=via)
            return f"已代{name}接受，录取了。"
        if outcome == REFUSES:
            offer_services.decline(offer, actor=actor, now=now, via=via)
            return f"已代{name}放弃，名额给下一位。"
        offer.refresh_from_db()
        return f"记下了。{name}：{deadline_of(offer, now).words}。"


def last_attempts(offers: list[Offer]) -> dict[int, list[OfferAttempt]]:
    found: dict[int, list[OfferAttempt]] = {}
    rows = OfferAttempt.objects.filter(offer__in=offers).select_related("made_by")
    for row in rows.order_by("at", "pk"):
        found.setdefault(row.offer_id, []).append(row)
    return found
