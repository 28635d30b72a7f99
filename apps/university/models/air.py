"""空中课堂: series of lessons to watch, hear or read, their files, and who said he has finished one."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common import history
from apps.common.models import Record, Versioned
from apps.people.models import Person
from apps.university.choices.air import FileRole, LessonKind

from .catalogue import Course
from .schools import School
from .scoped import OfSchools, OfUnits


class SeriesQuerySet(OfSchools):
    def shown(self):
        """What the public sees: series in use with a published lesson."""
        lessons = Lesson.objects.filter(series=models.OuterRef("pk")).published()
        return self.current().filter(models.Exists(lessons))


class LessonQuerySet(OfUnits):
    unit_path = "series__school__unit"

    def published(self):
        return self.current().filter(published_at__isnull=False, series__voided_at__isnull=True)


@history.track()
class LessonSeries(Record):
    """一套课: lessons that belong together, of a course taught in classes or of no course at all. `interests`: codes of
    the list `course_interest`; where empty, those of the course hold."""

    school = models.ForeignKey(School, models.PROTECT, related_name="lesson_series", verbose_name="学校")
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="lesson_series", verbose_name="对应课程",
        help_text="没有对应的课程就空着",
    )  # fmt: skip
    name = models.CharField("名称", max_length=60)
    summary = models.CharField("一句话介绍", max_length=120, blank=True, db_default="")
    interest = models.CharField("兴趣", max_length=12, blank=True, db_default="")
    position = models.PositiveIntegerField("排序", default=100, help_text="数小的排在前面")

    objects = SeriesQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "空中课堂的课"
        verbose_name_plural = "空中课堂的课"
        ordering = ["position", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(voided_at__isnull=True),
                name="lessonseries_name",
                violation_error_message="这所学校已经有同名的一套课。",
            )
        ]

    def __str__(self) -> str:
        return self.name


@history.track(exclude=("text", "transcript", "captions"))
class Lesson(Record):
    """One lesson. A video or audio lesson has files of its own or an address outside, which is shown as a link and
    never embedded. `captions` are WebVTT, checked and written by us; `transcript` is what is said, to read."""

    series = models.ForeignKey(LessonSeries, models.PROTECT, related_name="lessons", verbose_name="属于哪一套课")
    title = models.CharField("题目", max_length=80)
    summary = models.CharField("讲什么", max_length=200, blank=True, db_default="")
    teacher_name = models.CharField("主讲", max_length=60, blank=True, db_default="")
    kind = models.CharField("形式", max_length=8, choices=LessonKind)
    is_open = models.BooleanField("不登录也能看", default=True, help_text="不打钩的，只有学员登录以后能看")
    position = models.PositiveIntegerField("第几讲", default=1)
    text = models.TextField("课文", max_length=50_000, blank=True, db_default="")
    transcript = models.TextField("讲稿文字", max_length=50_000, blank=True, db_default="")
    captions = models.TextField("字幕", blank=True, db_default="", editable=False)
    outside_url = models.URLField("外面的网址", max_length=300, blank=True, db_default="")
    published_at = models.DateTimeField("公布时间", null=True, blank=True, editable=False)

    objects = LessonQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "空中课堂的一讲"
        verbose_name_plural = "空中课堂的各讲"
        ordering = ["series", "position", "id"]
        indexes = [models.Index(fields=["series", "position"], name="lesson_in_series")]

    def __str__(self) -> str:
        return self.title


class LessonFile(Versioned):
    """A file in the open under the media folder (it is shown to the public or to all students, and holds nothing about
    a person); its name is random. One at most of each role; a replaced one keeps its row and loses its file."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="files", verbose_name="哪一讲")
    public_id = models.UUIDField("编号", unique=True, editable=False)
    role = models.CharField("用途", max_length=8, choices=FileRole)
    content_type = models.CharField("类型", max_length=40)
    size = models.BigIntegerField("字节数")
    seconds = models.PositiveIntegerField("时长（秒）", null=True, blank=True)
    filename = models.CharField("文件名", max_length=100)
    storage_name = models.CharField("存放名", max_length=100, unique=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta(Versioned.Meta):
        verbose_name = "课的文件"
        verbose_name_plural = "课的文件"
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "role"], condition=Q(removed_at__isnull=True), name="lessonfile_one_of_a_role"
            )
        ]

    def __str__(self) -> str:
        return self.filename


class LessonDone(models.Model):
    """Somebody said he has finished a lesson. Nothing is counted, nobody is compared."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="lessons_done", db_index=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="done_by")
    done_at = models.DateTimeField("学完时间", db_default=Now())

    class Meta:
        verbose_name = "学完的课"
        verbose_name_plural = "学完的课"
        constraints = [models.UniqueConstraint(fields=["person", "lesson"], name="lessondone_once")]

    def __str__(self) -> str:
        return str(self.lesson)


class LessonWish(models.Model):
    """He wants to be reminded on the eve of every lesson of his classes. Without a row nobody is."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="lesson_wish")
    since = models.DateTimeField("自何时起", db_default=Now())

    class Meta:
        verbose_name = "上课前一天提醒"
        verbose_name_plural = "上课前一天提醒"

    def __str__(self) -> str:
        return str(self.person)
