"""Campaigns (宣讲行动) and their rounds: what was aimed at beside what was done."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from apps.common import audit
from apps.common.admin_pages import BLOCKS, Block, day
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.volunteers.forms.talks import CampaignForm, RoundForm
from apps.volunteers.models import Talk, TalkCampaign, TalkRound
from apps.volunteers.queries.talks import kinds_of, lines_of, names_of_speakers, progress_of, round_progress, rounds_of
from apps.volunteers.rules.talks import share_words
from apps.volunteers.rules.times import clock, day_words

from .links import link, page_of
from .list_out import ListOut
from .talk_base import DAY, MOST_ROWS, TalkRecord, workbook

HEADER = [
    "日期",
    "开始",
    "时长（分钟）",
    "听讲单位",
    "单位类型",
    "地点",
    "题目",
    "宣讲员",
    "轮次",
    "状态",
    "受众（人次）",
]
LATEST = 20


def span_of(row) -> str:
    return f"{day(row.starts_on)}到{day(row.ends_on - DAY)}"


def words_of(done: int, target: int | None) -> str:
    return f"{done:,} / {target:,}（{share_words(done, target)}）" if target else f"{done:,}"


class RunningFilter(admin.SimpleListFilter):
    title, parameter_name = "哪些", "which"

    def lookups(self, request, model_admin):
        return [("over", "已结束"), ("now", "正在进行")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "over":
            return queryset.filter(ends_on__lte=today)
        return queryset.filter(starts_on__lte=today, ends_on__gt=today) if self.value() == "now" else queryset


@admin.register(TalkCampaign)
class TalkCampaignAdmin(ListOut, TalkRecord):
    out_order = "按开始日期排列，新的在前"
    form = CampaignForm
    record_page = "admin/volunteers/campaign.html"
    voidable = True
    add_label = "新增宣讲行动"
    empty_words = "例如“百千万”宣讲行动：定下宣讲员、场次、受众的目标，进度自动算。"
    list_display = ("name", "unit", "span", "spoke", "held", "heard")
    list_filter = (RunningFilter,)
    search_fields = ("name",)
    search_help_text = "行动名称"
    select_related_in_list = select_related_in_record = ("unit",)
    ordering = ("-starts_on", "-pk")

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        done = progress_of([row.pk for row in found.result_list])
        for row in found.result_list:
            row.done = done[row.pk]
        return found

    @admin.display(description="时间")
    def span(self, obj):
        return span_of(obj)

    @admin.display(description="宣讲员（人）")
    def spoke(self, obj):
        return words_of(obj.done.lecturers, obj.lecturers)

    @admin.display(description="场次")
    def held(self, obj):
        return words_of(obj.done.sessions, obj.sessions)

    @admin.display(description="受众（人次）")
    def heard(self, obj):
        return words_of(obj.done.audience, obj.audience)

    def extra_pages(self):
        return [("sheet", "<int:pk>/sheet/", self.sheet_view), ("export", "<int:pk>/export/", self.export_view)]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        site = self.admin_site.name
        first = []
        if not obj.voided_at and request.user.has_perm("volunteers.add_talk"):
            add = reverse(f"{site}:volunteers_talk_add")
            first.append({"label": "加一场宣讲", "url": f"{add}?campaign={obj.pk}", "main": True})
        if not obj.voided_at and request.user.has_perm("volunteers.add_talkround"):
            first.append({"label": "加一轮", "url": f"{reverse(f'{site}:volunteers_talkround_add')}?campaign={obj.pk}"})
        first.append({"label": "打印", "url": self.url_of("sheet", obj)})
        first.append({"label": "导出各场", "url": self.url_of("export", obj)})
        return [*first, *[{**tool, "main": tool.get("main", False) and not first[0].get("main")} for tool in tools]]

    def write(self, request, obj, form, change):
        if obj.unit_id not in request.user.reach(self.right("change" if change else "add")):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        obj.save()

    def numbers_of(self, obj) -> dict:
        rounds = [
            ({"text": row.name, "url": page_of("talkround", row.pk)}, span_of(row),
             words_of(done.sessions, row.sessions), words_of(done.audience, row.audience))
            for row, done in rounds_of(obj)
        ]  # fmt: skip
        return {
            "lines": lines_of(obj, progress_of([obj.pk])[obj.pk]), "rounds": rounds,
            "round_columns": ("轮次", "时间", "场次", "受众（人次）"),
            "kinds": [
                (words, f"{places:,}", f"{number:,}", f"{heard:,}") for words, places, number, heard in kinds_of(obj)
            ],
            "kind_columns": ("去了哪些地方", "几家", "场次", "受众（人次）"),
        }  # fmt: skip

    def facts_of(self, request, obj):
        talks = Talk.objects.filter(campaign=obj, voided_at__isnull=True).select_related("topic")
        talks = talks.visible_to(request.user, "volunteers.view_talk").order_by("-on", "-pk")[:LATEST]
        page = f"{self.admin_site.name}:volunteers_talk_change"
        rows = [
            (day(row.on), {"text": row.host, "url": reverse(page, args=[row.pk])}, row.topic.title,
             row.get_state_display(), f"{row.audience:,}" if row.audience is not None else "")
            for row in talks
        ]  # fmt: skip
        site_list = reverse(f"{self.admin_site.name}:volunteers_talk_changelist")
        return {
            "facts": [("主办单位", obj.unit), ("时间", span_of(obj)), ("简介", obj.summary),
                      ("公开进度", "公开，只有数字" if obj.is_public else "不公开")],
            **self.numbers_of(obj), "talks": rows, "talk_columns": ("日期", "听讲单位", "题目", "状态", "受众（人次）"),
            "all_talks": f"{site_list}?campaign={obj.pk}",
        }  # fmt: skip

    @method_decorator(require_safe)
    def sheet_view(self, request, pk: int):
        """One A4 page of numbers; no names."""
        obj = self.viewable(request, pk)
        frame = frame_for(
            request, f"{obj.name}进度", scope=f"{obj.unit}　{span_of(obj)}", recall=False, stamp=True,
            back_url=self.url_of("change", obj),
        )  # fmt: skip
        return self.page(request, "print/volunteers/campaign.html", {"frame": frame, **self.numbers_of(obj)})

    @method_decorator(require_safe)
    def export_view(self, request, pk: int):
        obj = self.viewable(request, pk)
        return export_talks(request, obj.talks.visible_to(request.user, "volunteers.view_talk"), obj.name)


def export_talks(request, rows, name: str):
    """Talks as a workbook, oldest first; the look at names is on record."""
    found = list(rows.filter(voided_at__isnull=True).select_related("topic", "round").order_by("on", "starts", "pk")
                 [:MOST_ROWS])  # fmt: skip
    names = names_of_speakers([row.pk for row in found])
    audit.record("talk.export", actor=request.user, target=f"volunteers.talk×{len(found)}", request=request)
    lines = (
        [row.on, clock(row.starts), row.minutes, row.host, row.get_place_kind_display(), row.place, row.topic.title,
         names.get(row.pk, ""), row.round.name if row.round_id else "", row.get_state_display(), row.audience]
        for row in found
    )  # fmt: skip
    return workbook(request, f"{name}各场", HEADER, lines)


@admin.register(TalkRound)
class TalkRoundAdmin(TalkRecord):
    form = RoundForm
    voidable = True
    add_label = "加一轮"
    empty_words = "一个行动分几轮的，在这里写每一轮的时间和目标。"
    record_page = BLOCKS
    list_display = ("name", "campaign", "span", "held", "heard")
    search_fields = ("name", "campaign__name")
    search_help_text = "轮次或行动"
    select_related_in_list = select_related_in_record = ("campaign__unit",)
    short_lists = ("campaign",)
    ordering = ("-starts_on", "-pk")

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        done = round_progress([row.pk for row in found.result_list])
        for row in found.result_list:
            row.done = done[row.pk]
        return found

    @admin.display(description="时间")
    def span(self, obj):
        return span_of(obj)

    @admin.display(description="场次")
    def held(self, obj):
        return words_of(obj.done.sessions, obj.sessions)

    @admin.display(description="受众（人次）")
    def heard(self, obj):
        return words_of(obj.done.audience, obj.audience)

    def blocks(self, request, obj):
        obj.done = round_progress([obj.pk])[obj.pk]
        yield Block("这一轮", facts=[
            ("宣讲行动", link(request.user, obj.campaign, "talkcampaign", obj.campaign_id)), ("轮次", obj.name),
            ("时间", span_of(obj)), ("场次", self.held(obj)), ("受众（人次）", self.heard(obj)),
        ])  # fmt: skip
        talks = obj.talks.filter(voided_at__isnull=True).select_related("topic").order_by("-on", "-pk")
        yield Block(
            "最近的场次", columns=("日期", "听讲单位", "题目", "状态", "受众（人次）"), empty="这一轮还没有场次。",
            rows=[[day_words(row.on), {"text": row.host, "url": page_of("talk", row.pk)}, row.topic.title,
                   row.get_state_display(), f"{row.audience:,}" if row.audience is not None else ""]
                  for row in talks.visible_to(request.user, "volunteers.view_talk")[:LATEST]],
        )  # fmt: skip

    def write(self, request, obj, form, change):
        campaign = obj.campaign
        if campaign.unit_id not in request.user.reach(self.right("change" if change else "add")):
            raise BusinessError("这个行动不在您的管理范围内。", code="out_of_reach", field="campaign")
        if obj.starts_on < campaign.starts_on or obj.ends_on > campaign.ends_on:
            raise BusinessError(f"轮次要在行动的时间里：{span_of(campaign)}。", code="days", field="starts_on")
        obj.save()
