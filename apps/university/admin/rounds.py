"""抽签批次: opened with its classes, and every step of the ceremony on one page."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.common import attachments
from apps.common.admin import EDIT, SAFE_METHODS, RecordAdmin
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.organisation.models import Unit
from apps.signups.choices import RoundState
from apps.signups.models import Round
from apps.signups.services import draws
from apps.signups.services.rounds import save_round
from apps.university.forms.rounds import NumberForm, RoundForm, SureForm, WhyForm, classes_to_draw
from apps.university.queries.rounds import (
    CLASS,
    class_lines,
    explained,
    phone_of,
    results_of,
    stage_words,
    ticket_counts,
)

CHANGE = "signups.change_round"
# url name → (act, title, button, sentence, form)
STEPS = {
    "freeze": (
        draws.freeze, "封存名单", "封存",
        "名单（只有编号，没有姓名）和密封数的校验值马上公布，名单从此不能改。", SureForm,
    ),
    "draw": (
        draws.draw, "登记现场抽取的数并抽签", "抽签",
        "先由学员代表当众抽出一个数。这个数登记以后不能换，同样的数重抽结果一样。", NumberForm,
    ),
    "publish": (
        draws.publish, "公布结果", "公布",
        "录取和候补马上生效，并通知每一位报名的人。公布以后不能撤回。", SureForm,
    ),
    "reopen": (
        draws.reopen, "作废封存的名单", "作废名单",
        "名单有错、还没有抽数时用。原来的校验值和原因留在公布页上。", WhyForm,
    ),
    "undo": (draws.undo_draw, "撤回抽签结果", "撤回", "还没有公布时用。抽出的数不变，再抽结果一样。", WhyForm),
    "cancel": (draws.cancel_round, "取消这一批抽签", "取消抽签", "所有报名作废，原因写在公布页上。", WhyForm),
}  # fmt: skip
STEPS_OF = {
    RoundState.COLLECTING: ("freeze", "cancel"),
    RoundState.FROZEN: ("draw", "reopen", "cancel"),
    RoundState.DRAWN: ("publish", "undo", "cancel"),
    RoundState.PUBLISHED: (),
    RoundState.CANCELLED: (),
}
STAGES = ("报名", "封存名单", "抽签", "公布")
STAGE_OF = {
    RoundState.COLLECTING: 1, RoundState.FROZEN: 2, RoundState.DRAWN: 3, RoundState.PUBLISHED: 4,
    RoundState.CANCELLED: 1,
}  # fmt: skip
PAGES = ("result", "witness", "paper")
FILES = {"list": ("list_file", "list.txt"), "result": ("result_file", "result.txt")}


@admin.register(Round)
class RoundAdmin(RecordAdmin):
    form = RoundForm
    add_label = "开设抽签"
    list_display = ("name", "unit", "window", "draw_words", "tickets_words", "state_words")
    list_display_links = ("name",)
    list_filter = ("state",)
    search_fields = ("name",)
    search_help_text = "批次名称"
    select_related_in_list = select_related_in_record = ("unit", "list_file", "result_file")
    ordering = ("-opens_at", "-pk")
    sortable_by = ()
    short_lists = ("unit",)
    empty_words = "名额紧的班用抽签最公平：开设一个批次，勾选要抽签的班，定好报名的起止日期。"

    def rows_for(self, user, permission):
        return Round.objects.visible_to(user, permission).filter(kind=CLASS)

    def may_change(self, request, obj):
        return super().may_change(request, obj) and (obj is None or obj.state == RoundState.COLLECTING)

    def may_step(self, request, round) -> bool:
        return not round.voided_at and self.rows_for(request.user, CHANGE).filter(pk=round.pk).exists()

    def title_of(self, obj):
        return obj.name

    # List

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        counts, now = ticket_counts(rows), timezone.now()
        for row in rows:
            row.tickets_count, row.stage = counts.get(row.pk, 0), stage_words(row, now)
        changelist.result_list = rows
        return changelist

    @admin.display(description="报名时间")
    def window(self, obj):
        opens, closes = timezone.localtime(obj.opens_at), timezone.localtime(obj.closes_at)
        return f"{opens:%Y-%m-%d %H:%M} 至 {closes:%m-%d %H:%M}"

    @admin.display(description="抽签时间、地点")
    def draw_words(self, obj):
        when = f"{timezone.localtime(obj.draws_at):%m-%d %H:%M}" if obj.draws_at else "时间未定"
        return f"{when} {obj.draws_where}".strip()

    @admin.display(description="抽签表")
    def tickets_words(self, obj):
        return f"{obj.tickets_count} 张"

    @admin.display(description="进度")
    def state_words(self, obj):
        words, tone = obj.stage
        return format_html('<span class="tag {}">{}</span>', tone, words)

    # Form

    def get_fieldsets(self, request, obj=None):
        rows = ("name", "unit", "opens_at", "closes_at", "draws_at", "draws_where", "most_choices", "classes")
        return ((None, {"fields": rows}),)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "classes" in form.base_fields:
            form.base_fields["classes"].queryset = classes_to_draw(request.user, obj)
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "unit":
            field.queryset = Unit.objects.filter(pk__in=sorted(request.user.reach(CHANGE))).order_by("path")
        return field

    def get_changeform_initial_data(self, request):
        return {"unit": request.user.unit_id, **super().get_changeform_initial_data(request)}

    def write(self, request, obj, form, change):
        if not change:
            obj.kind = CLASS
        save_round(obj, [one.offering for one in form.cleaned_data["classes"]], actor=request.user)

    # Pages

    def get_urls(self):
        name = "signups_round"
        pages = [path(f"<int:pk>/{step}/", self.staff_view(self.step(step)), name=f"{name}_{step}") for step in STEPS]
        return [
            *pages,
            path("<int:pk>/result/", self.staff_view(self.result_view), name=f"{name}_result"),
            path("<int:pk>/witness/", self.staff_view(self.witness_view), name=f"{name}_witness"),
            path("<int:pk>/results-paper/", self.staff_view(self.paper_view), name=f"{name}_paper"),
            *(
                path(f"<int:pk>/{which}-file/", self.staff_view(self.file_view(which)), name=f"{name}_{which}_file")
                for which in FILES
            ),
            *super().get_urls(),
        ]

    def round_at(self, request, pk) -> Round:
        round = self.get_object(request, unquote(str(pk)))
        if not self.has_view_permission(request, round):
            raise PermissionDenied
        return round

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Read: where the draw stands and what is done next; with ?edit the form."""
        if request.method not in SAFE_METHODS or EDIT in request.GET:
            return super().change_view(request, object_id, form_url, extra_context)
        request.reading_record = True
        round, now = self.round_at(request, object_id), timezone.now()
        words, tone = stage_words(round, now)
        steps = self.steps_for(request, round)
        context = {
            "title": round.name, "original": round, "round": round, "words": words, "tone": tone,
            "stage": STAGE_OF[RoundState(round.state)], "stages": STAGES, "lines": class_lines(round),
            "tickets": ticket_counts([round]).get(round.pk, 0), "steps": steps,
            "record_tools": self.record_tools(request, round), "remarks": round.remarks.splitlines(),
            "pages": {page: reverse(f"admin:signups_round_{page}", args=[round.pk]) for page in PAGES},
            "public": reverse("university:draw", args=[round.public_id]),
            "tickets_url": f"{reverse('admin:signups_ticket_changelist')}?round__id__exact={round.pk}",
            "too_early": round.state == RoundState.COLLECTING and now < round.closes_at,
        }  # fmt: skip
        return self.page(request, "admin/university/round_page.html", context)

    def steps_for(self, request, round) -> list[dict]:
        if not self.may_step(request, round):
            return []
        names = STEPS_OF[RoundState(round.state)]
        if round.state == RoundState.COLLECTING and timezone.now() < round.closes_at:
            names = ("cancel",)
        if round.public_number:
            names = tuple(name for name in names if name != "reopen")
        return [
            {"name": name, "label": STEPS[name][1], "url": reverse(f"admin:signups_round_{name}", args=[round.pk])}
            for name in names
        ]

    def step(self, name: str):
        """A page that asks once more, then takes the step. Whoever comes second finds it taken."""
        act, title, button, lead, form_class = STEPS[name]

        def view(request, pk):
            round = self.round_at(request, pk)
            if not self.may_step(request, round):
                raise PermissionDenied
            form = form_class(request.POST if request.method == "POST" else None)
            if request.method == "POST" and form.is_valid():
                values = {key: value for key, value in form.cleaned_data.items() if key != "again"}
                try:
                    act(round, actor=request.user, now=timezone.now(), **values)
                except BusinessError as refusal:
                    form.refuse(refusal)
                else:
                    messages.success(request, f"{title}：办好了。")
                    return HttpResponseRedirect(self.url_of("change", round))
            context = {
                "title": f"{title}：{round.name}", "form": form, "back": self.url_of("change", round), "lead": lead,
                "buttons": [("go", button)], "list_url": reverse("admin:signups_round_changelist"),
                "list_words": "抽签",
            }  # fmt: skip
            return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

        return view

    def drawn_round(self, request, pk) -> Round:
        round = self.round_at(request, pk)
        if round.result_file_id is None:
            raise Http404
        return round

    def result_view(self, request, pk):
        """What came out, class by class; before publication for staff only."""
        round = self.drawn_round(request, pk)
        results = results_of(round)
        chosen = next((one for one in results if one.code == request.GET.get("class")), None)
        context = {
            "title": f"抽签结果：{round.name}", "round": round, "results": results, "chosen": chosen,
            "back": self.url_of("change", round), "paper": reverse("admin:signups_round_paper", args=[round.pk]),
        }  # fmt: skip
        return self.page(request, "admin/university/round_result.html", context)

    def witness_view(self, request, pk):
        """见证单: before the draw with the number left open, after it filled in."""
        round = self.round_at(request, pk)
        if not round.list_hash:
            raise Http404
        lines = class_lines(round)
        context = {
            "frame": frame_for(
                request, "抽签见证单", scope=f"{round.unit}　{round.name}", recall=False, stamp=True,
                back_url=self.url_of("change", round),
            ),
            "round": round, "lines": lines, "tickets": ticket_counts([round]).get(round.pk, 0),
            "sentences": explained(round) if round.public_number else [], "phone": phone_of(round),
            "places": sum(line.places for line in lines) if round.state != RoundState.PUBLISHED else None,
            "address": request.build_absolute_uri(reverse("university:draw", args=[round.public_id])),
        }  # fmt: skip
        return self.page(request, "print/draw_witness.html", context)

    def paper_view(self, request, pk):
        """结果张榜: by class, ticket numbers only."""
        round = self.drawn_round(request, pk)
        context = {
            "frame": frame_for(
                request, "抽签结果", scope=f"{round.unit}　{round.name}", recall=False, stamp=True,
                order="班级，再按抽出的先后", back_url=self.url_of("change", round),
            ),
            "round": round, "results": results_of(round), "sentences": explained(round), "phone": phone_of(round),
        }  # fmt: skip
        return self.page(request, "print/draw_results.html", context)

    def file_view(self, which: str):
        field, name = FILES[which]

        def view(request, pk):
            attachment = getattr(self.round_at(request, pk), field)
            if attachment is None:
                raise Http404
            return HttpResponse(
                attachments.read(attachment), content_type="text/plain; charset=utf-8",
                headers={"Content-Disposition": f'attachment; filename="{name}"'},
            )  # fmt: skip

        return view
