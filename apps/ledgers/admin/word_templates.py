"""Word 模板: the bureau's own layout of the plan, with the list of placeholders, a sample and the way back."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse

from apps.accounts.access import unit_ids_for
from apps.common import attachments
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.word.checking import MOST_BYTES
from apps.common.word.rendering import render
from apps.ledgers.models import WordTemplate
from apps.ledgers.queries.plan_words import FACTS, ROW_FIELDS, ROWS, SECTION_FIELDS, SECTION_ROWS, SINGLE, known_names
from apps.ledgers.services.plan_layout import default_template
from apps.ledgers.services.plan_word import DOCX, revert_template, sample, upload_template
from apps.organisation.models import Unit

from .plan_library import is_citywide
from .plan_papers import download

ADD, CHANGE = "ledgers.add_wordtemplate", "ledgers.change_wordtemplate"


class UploadForm(PortalForm):
    file = forms.FileField(
        label="模板文件", widget=forms.FileInput({"accept": ".docx"}), help_text="Word 文档（.docx），不超过 5 MB"
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label="哪个单位用", required=False, empty_label="全市")
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="例如 按市委组织部 2026 年样式")

    def __init__(self, *args, units, citywide: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if not citywide:
            self.fields["unit"].required, self.fields["unit"].empty_label = True, "（请选）"

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".docx"):
            raise forms.ValidationError("请上传 .docx 文档；.doc 请先在 Word 或 WPS 里另存为 .docx。")
        if file.size > MOST_BYTES:
            raise forms.ValidationError("模板超过 5 MB，请删去大图片再上传。")
        return file


@admin.register(WordTemplate)
class WordTemplateAdmin(RecordAdmin):
    open_to_viewers = True
    add_label = "上传模板"
    empty_words = "现在用的是出厂模板。点“下载出厂模板”，改成本局的样式，再上传。"
    list_display = ("kind_words", "unit_words", "note", "state_words", "uploaded_by", "created_at")
    select_related_in_list = ("unit", "uploaded_by")
    select_related_in_record = ("unit", "uploaded_by", "file")
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("kind_words", "unit_words", "note", "state_words", "uploaded_by", "created_at")
    readonly_fields = ("kind_words", "unit_words", "note", "state_words", "uploaded_by", "created_at")

    def may_change(self, request, obj):
        """Replaced by another, never edited."""
        return False

    @admin.display(description="哪种表")
    def kind_words(self, obj):
        return obj.get_kind_display()

    @admin.display(description="哪个单位用")
    def unit_words(self, obj):
        return str(obj.unit or "全市")

    @admin.display(description="状态")
    def state_words(self, obj):
        return f"已停用（{obj.void_reason}）" if obj.voided_at else "在用"

    def changelist_view(self, request, extra_context=None):
        tools = [{"label": "下载出厂模板", "url": reverse("admin:ledgers_wordtemplate_shipped")}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "ledgers_wordtemplate"
        return [
            path("shipped/", self.staff_view(self.shipped_view), name=f"{name}_shipped"),
            path("<path:object_id>/file/", self.staff_view(self.file_view), name=f"{name}_file"),
            path("<path:object_id>/sample/", self.staff_view(self.sample_view), name=f"{name}_sample"),
            path("<path:object_id>/revert/", self.staff_view(self.revert_view), name=f"{name}_revert"),
            *super().get_urls(),
        ]

    def record_tools(self, request, obj):
        tools = [
            {"label": "下载模板", "url": self.url_of("file", obj), "main": True},
            {"label": "下载填好的样张", "url": self.url_of("sample", obj)},
        ]
        if not obj.voided_at and self.may_for(request, obj):
            tools.append({"label": "恢复出厂模板", "url": self.url_of("revert", obj)})
        return tools

    def may_for(self, request, obj) -> bool:
        units = unit_ids_for(request.user, CHANGE)
        return obj.unit_id in units if obj.unit_id else is_citywide(units)

    # Pages

    def add_view(self, request, form_url="", extra_context=None):
        """Upload: tried on a made-up person before it is kept; the list of placeholders stands below."""
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        ids = unit_ids_for(request.user, ADD)
        form = UploadForm(
            request.POST or None, request.FILES or None, citywide=is_citywide(ids),
            units=Unit.objects.filter(pk__in=ids, closed_on__isnull=True).order_by("path"),
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                row = upload_template(
                    values["file"].read(), unit=values["unit"], note=values["note"], actor=request.user
                )
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "模板已启用。请下载填好的样张看一看。")
                return HttpResponseRedirect(self.url_of("change", row))
        context = {
            "title": "上传 Word 模板",
            "form": form,
            "media": form.media,
            "lead": "在 Word 里把要填的地方写成 {{ 姓名 }} 这样的占位符。原来的模板停用，随时可以恢复出厂模板。",
            "back": reverse("admin:ledgers_wordtemplate_changelist"),
            "list_url": reverse("admin:ledgers_wordtemplate_changelist"),
            "list_words": "Word 模板",
            "buttons": [("save", "检查并启用")],
            "single": [(f"{{{{ {name} }}}}", words) for name, words in SINGLE.items()],
            "facts": [f"{{{{ {name} }}}}" for name in FACTS],
            "row_example": f"{{%tr for 行 in {ROWS} %}}",
            "row_fields": [f"{{{{ 行.{name} }}}}" for name in ROW_FIELDS],
            "section_names": list(SECTION_ROWS),
            "section_fields": [f"{{{{ 项.{name} }}}}" for name in SECTION_FIELDS],
            "row_end": "{%tr endfor %}",
            "section_example": "{% for 项 in 落实各项待遇 %}{{ 项.名称 }}：{{ 项.内容 }}　{% endfor %}",
        }
        return self.page(request, "admin/ledgers/word_template.html", context, status=422 if form.errors else 200)

    def shipped_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return download(default_template(), "一人一策台账（出厂模板）.docx", DOCX)

    def template_of(self, request, object_id) -> WordTemplate:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def file_view(self, request, object_id):
        row = self.template_of(request, object_id)
        return download(attachments.read(row.file), "一人一策台账模板.docx", DOCX)

    def sample_view(self, request, object_id):
        """Filled with made-up words: nobody's data."""
        row = self.template_of(request, object_id)
        (document,) = render(attachments.read(row.file), [sample()], known_names())
        return download(document, "一人一策台账样张.docx", DOCX)

    def revert_view(self, request, object_id):
        row = self.template_of(request, object_id)
        if not request.user.has_perm(CHANGE) or not self.may_for(request, row):
            raise PermissionDenied
        form = PortalForm(request.POST or None)
        if request.method == "POST":
            revert_template(row, actor=request.user)
            messages.success(request, "已恢复。")
            return HttpResponseRedirect(reverse("admin:ledgers_wordtemplate_changelist"))
        context = {
            "title": "恢复出厂模板",
            "original": row,
            "form": form,
            "media": form.media,
            "lead": f"停用“{row}”这份模板，改用上级单位的模板；都没有的，用出厂模板。",
            "back": self.url_of("change", row),
            "list_url": reverse("admin:ledgers_wordtemplate_changelist"),
            "list_words": "Word 模板",
            "buttons": [("save", "恢复")],
        }
        return self.page(request, "admin/registry/act.html", context)
