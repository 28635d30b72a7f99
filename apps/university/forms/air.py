"""Forms of 空中课堂 on the staff side."""

import uuid

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.university.choices.air import FileRole
from apps.university.models import Lesson, LessonSeries
from apps.university.rules.captions import MOST_BYTES

KEY = {"widget": forms.HiddenInput, "initial": uuid.uuid4}
ACCEPTS = {
    ("video", FileRole.MAIN): ".mp4,video/mp4",
    ("video", FileRole.SLOW): ".mp4,video/mp4",
    ("audio", FileRole.MAIN): ".mp3,.m4a,.wav,audio/*",
    ("audio", FileRole.SLOW): ".mp3,.m4a,.wav,audio/*",
}


class SeriesForm(RecordForm):
    interest = forms.ChoiceField(label="兴趣", required=False, help_text="学员按这个找；不选就跟对应课程一样")

    class Meta:
        model = LessonSeries
        fields = ["school", "course", "name", "summary", "interest", "position"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "interest" in self.fields:
            self.fields["interest"].choices = [("", "（跟对应课程一样）"), *choices_of("course_interest")]

    def clean(self):
        values = super().clean()
        school, course = values.get("school"), values.get("course")
        if school and course and course.school_id != school.pk:
            self.add_error("course", "这门课程是别的学校的，请重新选。")
        return values


class LessonForm(RecordForm):
    outside_url = forms.CharField(
        label="外面的网址", required=False, max_length=300, widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text="放在别的网站上的课。只能是核准过的网站，页面上只给链接，不会自动播放",
    )  # fmt: skip

    class Meta:
        model = Lesson
        fields = ["series", "title", "kind", "summary", "teacher_name", "position", "is_open", "outside_url", "text",
                  "transcript"]  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "text": forms.Textarea(attrs={"rows": 16}),
            "transcript": forms.Textarea(attrs={"rows": 10}),
        }
        help_texts = {
            "text": "文字课填这里；空一行就是新的一段",
            "transcript": "视频、音频里说的话，给听不清的学员看，可以不填",
        }


class FileForm(PortalForm):
    """One file of a lesson; how large it may be is said before it is chosen."""

    submit_label = "上传"
    role = forms.ChoiceField(label="这是什么")
    file = forms.FileField(label="文件")
    form_key = forms.UUIDField(**KEY)

    def __init__(self, *args, lesson: Lesson, roles, limits: dict[str, int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.fields["role"].help_text = "；".join(
            f"{FileRole(role).label}不超过 {most} MB" for role, most in limits.items()
        )
        accepts = [ACCEPTS[key] for role in roles if (key := (lesson.kind, role)) in ACCEPTS]
        self.fields["file"].widget.attrs = {
            "accept": ",".join(dict.fromkeys([*accepts, "application/pdf"])), "data-most-mb": max(limits.values()),
        }  # fmt: skip
        kinds = {"video": "视频用 MP4（H.264）", "audio": "音频用 MP3、M4A 或 WAV"}.get(lesson.kind, "")
        self.fields["file"].help_text = "；".join(filter(None, (kinds, "讲义用 PDF。原来有的会被换掉")))


class CaptionsForm(PortalForm):
    submit_label = "保存字幕"
    captions = forms.FileField(label="字幕文件", help_text=".vtt 或 .srt，不超过 1 MB；剪辑软件一般能导出")

    def clean_captions(self):
        upload = self.cleaned_data["captions"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError("字幕文件超过 1 MB，请检查是不是选错了文件。")
        return upload


class NothingForm(PortalForm):
    """Of an act that asks nothing but whether it is meant."""
