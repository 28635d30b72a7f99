"""Filters of the register of calls and visits."""

import datetime as dt

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from apps.common.admin_lists import PickFilter
from apps.common.code_lists import names_of
from apps.ledgers.access import acts_for
from apps.ledgers.choices import InquiryState
from apps.ledgers.queries.inquiries import SUBJECTS

from .inquiry_forms import WAYS_IN

WAITING = (InquiryState.OPEN, InquiryState.ANSWERED)


class StateFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("waiting", "没办完的"), ("late", "逾期的"), *InquiryState.choices, ("void", "已作废")]

    def queryset(self, request, queryset):
        if self.value() == "void":
            return queryset.filter(voided_at__isnull=False)
        rows = queryset.filter(voided_at__isnull=True)
        if self.value() == "waiting":
            return rows.filter(state__in=WAITING)
        if self.value() == "late":
            return rows.filter(state__in=WAITING, due_on__lt=timezone.localdate())
        return rows.filter(state=self.value()) if self.value() else rows


class MyPartFilter(admin.SimpleListFilter):
    title = "和我有关"
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("handle", "我承办的"), ("taken", "我受理的"), ("todo", "要我办的")]

    def queryset(self, request, queryset):
        mine = [request.user.pk, *acts_for(request.user)]
        if self.value() == "handle":
            return queryset.filter(handler__in=mine)
        if self.value() == "taken":
            return queryset.filter(received_by__in=mine)
        if self.value() == "todo":
            to_handle = Q(state=InquiryState.OPEN, handler__in=mine)
            return queryset.filter(to_handle | Q(state=InquiryState.ANSWERED, received_by__in=mine))
        return queryset


class SubjectFilter(admin.SimpleListFilter):
    title = "什么事"
    parameter_name = "subject"

    def lookups(self, request, model_admin):
        return list(names_of(SUBJECTS).items())

    def queryset(self, request, queryset):
        return queryset.filter(subject=self.value()) if self.value() else queryset


class SourceFilter(admin.SimpleListFilter):
    title = "来源"
    parameter_name = "source"

    def lookups(self, request, model_admin):
        return WAYS_IN

    def queryset(self, request, queryset):
        return queryset.filter(source=self.value()) if self.value() else queryset


class ReceivedFilter(admin.SimpleListFilter):
    title = "受理时间"
    parameter_name = "when"
    SPANS = {"week": ("近 7 天", 7), "month": ("近 30 天", 30), "quarter": ("近 90 天", 90)}

    def lookups(self, request, model_admin):
        return [(key, label) for key, (label, _) in self.SPANS.items()]

    def queryset(self, request, queryset):
        if self.value() not in self.SPANS:
            return queryset
        return queryset.filter(received_at__gt=timezone.now() - dt.timedelta(days=self.SPANS[self.value()][1]))


class PersonFilter(PickFilter):
    title = "哪位老同志"
    parameter_name = "person"
    field_name = "person"
