"""打印信封标签: for the ticked people of the list of cadres, or all that it is filtered to, with a reason."""

from django import forms
from django.contrib import admin
from django.urls import path
from django.utils import timezone

from apps.common import audit
from apps.common.forms import PortalForm
from apps.common.imprint import imprint
from apps.common.labels import GRID_CHOICES, GRIDS, label_for, pages_of
from apps.common.printing import frame_for
from apps.people.queries import reach_of

SEE_CONTACT = "people.view_contact"
MOST_LABELS = 500


class LabelForm(PortalForm):
    grid = forms.ChoiceField(label="标签纸", choices=GRID_CHOICES)
    skip = forms.IntegerField(label="第一张前面已用掉几格", required=False, min_value=0, max_value=23)
    reason = forms.CharField(label="用途", max_length=180, help_text="例如 寄春节慰问信；会写进操作记录")


class LabelActs:
    """Mixed into the admin of cadres beside `GroupActs`, which finds the group."""

    def label_urls(self):
        return [path("labels/", self.staff_view(self.labels_view), name="registry_cadre_labels")]

    @admin.action(description="打印信封标签", permissions=["print_labels"])
    def print_labels_for_ticked(self, request, queryset):
        return self.to_group(request, queryset, "labels")

    def has_print_labels_permission(self, request) -> bool:
        return request.user.has_perm(SEE_CONTACT)

    def labels_view(self, request):
        """Asks for the sheet and the reason; then the labels themselves, logged with everybody on them."""
        group = self.group_of(request, SEE_CONTACT)
        form = LabelForm(request.POST if request.method == "POST" else None)
        count = group.count()
        if request.method == "POST" and form.is_valid():
            if count <= MOST_LABELS:
                return self.label_sheets(request, group, form.cleaned_data)
            form.add_error(None, f"一次最多打印 {MOST_LABELS} 张，请先把名单缩小。")
        context = {
            "title": f"打印信封标签：{count:,} 位老同志",
            "form": form,
            "media": form.media,
            "lead": "地址按现在的住处，外出的按那里的住址。要用整张的 A4 不干胶标签纸。",
            "back": self.back_of(request, group),
            "buttons": [("save", "打印信封标签")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def label_sheets(self, request, group, values: dict):
        rows = group.select_related("person").order_by("managing_unit__path", "order_no", "pk")
        people = [(cadre.pk, cadre.person.name) for cadre in rows]
        reach = reach_of([pk for pk, _ in people], with_phones=True, on=timezone.localdate())
        made = [label_for(name, reach[pk].address) for pk, name in people if reach[pk].address]
        grid = GRIDS[values["grid"]]
        context = {
            "frame": frame_for(
                request, "信封标签", back_url=self.back_of(request, group), scope=f"{len(made)} 张，{grid.words}"
            ),
            "grid": grid,
            "pages": pages_of(made, grid, skip=values["skip"] or 0),
            "missing": [name for pk, name in people if not reach[pk].address],
            "sender": imprint().bureau,
        }
        audit.look(
            "print", actor=request.user, people=[pk for pk, _ in people], fields=["residence"],
            reason=values["reason"], target="registry.labels", request=request,
        )  # fmt: skip
        return self.page(request, "print/labels.html", context)
