"""Treatments over time as the person's page shows them, and the scanned documents behind them."""

from urllib.parse import quote

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponse
from django.urls import reverse

from apps.common import attachments, audit
from apps.registry.choices import TREATMENT_KINDS, StandingKind
from apps.registry.models import Cadre
from apps.registry.rules import treatment_act

from . import page

VALUE_OF = {StandingKind.TREATMENT: "treatment", StandingKind.MEDICAL_TREATMENT: "medical_treatment"}
NOTHING = "无"


class CadreDocuments:
    """Mixed into CadreAdminBase."""

    def treatments_section(self, request, cadre: Cadre) -> page.Section:
        """批准, 提高, 降低 and 取消 of both treatments, newest first, each with its document."""
        section = page.Section("treatments", "待遇变动")
        spans = sorted(self.spans(request, cadre), key=lambda span: (span.ends_on, span.pk))
        lines = []
        for kind in TREATMENT_KINDS:
            own = [span for span in spans if span.kind == kind]
            after = [*(span.said for span in own[1:]), getattr(cadre, VALUE_OF[kind])]
            lines += [(span, value) for span, value in zip(own, after, strict=False)]
        for span, value in sorted(lines, key=lambda line: (line[0].ends_on, line[0].pk), reverse=True):
            act = treatment_act(span.said, value)
            words = f"{self.treatment_words(span.said)} → {self.treatment_words(value)}"
            what = "医疗待遇" if span.kind == StandingKind.MEDICAL_TREATMENT else "待遇"
            section.rows.append(
                page.Row(f"{span.ends_on:%Y-%m-%d}", f"{act}{what}：{words}　{span.document_no}".strip())
            )
            if span.scan_id:
                url = self.document_url(cadre, span)
                section.links.append({"label": f"看文件：{span.document_no or f'{span.ends_on:%Y-%m-%d}'}", "url": url})
        return section

    def treatment_words(self, value: str) -> str:
        return page.coded("treatment", value) if value else NOTHING

    def document_url(self, cadre: Cadre, span) -> str:
        return reverse(f"{self.admin_site.name}:registry_cadre_document", args=[cadre.pk, span.pk])

    def document_view(self, request, object_id, span):
        """The scan of one change, to those who may see the person; logged before it leaves."""
        cadre = self.get_object(request, unquote(object_id))
        if not request.user.has_perm("registry.view_standingspan"):
            raise Http404
        row = cadre.standing_spans.filter(pk=span, scan__isnull=False).select_related("scan").first()
        if row is None:
            raise Http404
        try:
            data = attachments.read(row.scan)
        except FileNotFoundError as gone:
            raise Http404 from gone
        audit.look(
            "download",
            actor=request.user,
            people=[cadre.pk],
            fields=["scan"],
            target=f"registry.standingspan:{row.pk}",
            request=request,
        )
        response = HttpResponse(data, content_type=row.scan.content_type)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.scan.filename)}"
        response["Cache-Control"] = "no-store"
        return response
