"""空中课堂, 电视课表, 精品课程 and 公益大讲堂 of the demo city: texts of our own, and a sound made here."""

import datetime as dt
import io
import math
import struct
import uuid
import wave

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import User
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.signups.choices import SignUpSource
from apps.signups.services.seats import sign_up
from apps.university.choices.air import FileRole, LessonKind, NominationState
from apps.university.models import (
    Course,
    CourseNomination,
    LectureSeries,
    Lesson,
    LessonSeries,
    Programme,
    School,
    TeachingResearch,
)
from apps.university.rules.classes import moment
from apps.university.services.air import add_file, publish
from apps.university.services.broadcasts import decide
from apps.university.services.lectures import LectureFacts, create_lecture, publish_lecture, refusals

from .school_facts import CITY

DAY = dt.timedelta(1)
RATE = 8000
PHONE = (
    ("把字调大", "手机上的字看不清，先别急着配老花镜。\n\n打开“设置”，找到“显示和亮度”，再按“字体大小”。"
     "用手指按住中间的圆点，往右慢慢推，上面的字就变大了。推到自己看着舒服的地方，松手就行。\n\n"
     "做完以后，退出来，打开通讯录看一看，名字是不是也大了。不满意，回去再推一次，推不坏的。"),
    ("和孙子视频通话", "先连上家里的无线网，再打视频，不花流量。\n\n打开聊天软件，找到孙子的名字，按进去。"
     "右下角有个加号，按一下，"
     "再按“视频通话”。等他接起来，您就能看见他了。\n\n看不见自己的脸，多半是手指挡住了上面的小圆孔。"
     "听不见声音，按手机侧面靠上的按钮，按几下声音就大了。\n\n说完了，按红色的圆圈，就挂断了。"),
    ("这些短信不要信", "说您中奖的、说您的卡被冻结的、说孩子出事要汇款的，都不要信。\n\n"
     "记住三句话：不按里面的网址，不报短信里的数字，不给陌生人转钱。\n\n"
     "拿不准，就把手机放下，打电话问孩子，或者打学校的电话问我们。真正的单位，不会催您马上转钱。"),
)  # fmt: skip
WRITING = (
    ("执笔和坐姿", "写字先坐正。\n\n两脚放平，身子离桌子一拳，眼睛离纸一尺。腰挺起来，肩膀放松，不要歪着头。\n\n"
     "拿笔用五个手指：大拇指和食指捏住笔杆，中指在外面勾住，无名指在里面顶住，小指靠着无名指。"
     "手心要空，好像握着一个鸡蛋。\n\n每次写二十分钟，就站起来走一走，转转脖子。"),
    ("横和竖", "横要平，竖要直，这是站得住的骨架。\n\n写横：笔尖轻轻落下，往右下按一按，再往右慢慢走，"
     "到了尽头，提起来，再往回按一按。"
     "中间不要停，停了就有疙瘩。\n\n写竖：笔尖落下，往右按一按，再往下走，越走越稳。\n\n每天写两行横、两行竖，一个星期就看得出不同。"),
)  # fmt: skip
LISTENING = "跟着听：起势"
CHANNEL = "云江公共频道"
SHOWS = ("八段锦跟我练", "书法课堂", "银龄说健康", "手机慢慢学", "戏曲欣赏", "时事一刻钟", "周末大讲堂")


def write_air(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where lessons stand already."""
    school = School.objects.filter(name=CITY).first()
    if school is None or LessonSeries.objects.exists():
        return
    clerk, now = staff["daxue"], timezone.now()
    _write_lessons(school, clerk, now, on)
    _write_programmes(school, on)
    _write_courses(school, clerk, on)
    _write_lectures(school, clerk, now, on)


def _write_lessons(school: School, clerk: User, now: dt.datetime, on: dt.date) -> None:
    plans = (
        ("手机慢慢学", "一次只学一件事，学会了再学下一件", "phone", PHONE),
        ("书法入门", "从坐姿、执笔到横竖撇捺", "calligraphy", WRITING),
    )
    for position, (name, summary, interest, lessons) in enumerate(plans, 1):
        series = LessonSeries.objects.create(
            school=school, name=name, summary=summary, interest=interest, position=position
        )
        for number, (title, text) in enumerate(lessons, 1):
            row = Lesson.objects.create(
                series=series, title=title, kind=LessonKind.TEXT, text=text, position=number, teacher_name="沈墨林",
                is_open=number < len(lessons) or interest == "phone",
            )  # fmt: skip
            publish(row, actor=clerk, now=now)
    series = LessonSeries.objects.create(
        school=school, name="八段锦口令", summary="跟着声音慢慢做", interest="exercise", position=3
    )
    row = Lesson.objects.create(
        series=series, title=LISTENING, kind=LessonKind.AUDIO, position=1, teacher_name="周太平",
        transcript="两脚并拢，站稳。左脚开半步，与肩同宽。两手慢慢抬起，吸气；慢慢放下，呼气。",
    )  # fmt: skip
    sound = ContentFile(hum(6), name="起势.wav")
    add_file(row, FileRole.MAIN, sound, actor=clerk, now=now, on=on, form_key=uuid.uuid4())
    publish(row, actor=clerk, now=now)


def hum(seconds: int) -> bytes:
    """A soft tone that comes and goes with a slow breath, as WAV."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        for place in range(RATE * seconds):
            breath = math.sin(math.pi * place / RATE / 3) ** 2
            sound.writeframesraw(struct.pack("<h", int(6000 * breath * math.sin(2 * math.pi * 330 * place / RATE))))
    return stream.getvalue()


def _write_programmes(school: School, on: dt.date) -> None:
    monday = on - on.weekday() * DAY
    Programme.objects.bulk_create(
        Programme(
            school=school, channel=CHANNEL, on=monday + number * DAY, starts=hour * 60 + 30,
            title=SHOWS[(number + hour) % 7], replays="当天 20:00" if hour == 9 else "",
        )
        for number in range(14)
        for hour in (9, 15)
    )  # fmt: skip


def _write_courses(school: School, clerk: User, on: dt.date) -> None:
    courses = list(Course.objects.current().filter(school=school).order_by("pk")[:2])
    for number, course in enumerate(courses):
        row = CourseNomination.objects.create(
            school=school, course=course, asked_on=on - (60 - number * 20) * DAY,
            reason="连续六个学期满员，教材自编，学员作品两次在市里展出。",
        )  # fmt: skip
        if number == 0:
            decide(row, NominationState.APPROVED, opinion="教学扎实，同意评为精品课程。", on=on - 30 * DAY, actor=clerk)
    if courses:
        TeachingResearch.objects.create(
            school=school, course=courses[0], held_on=on - 14 * DAY, topic="怎样让手抖的学员写好横画",
            people="沈墨林、周太平、吴晓岚", result="改用大一号的笔，先练短横；每二十分钟休息一次。下学期在两个班试。",
        )  # fmt: skip


def _write_lectures(school: School, clerk: User, now: dt.datetime, on: dt.date) -> None:
    series = LectureSeries.objects.create(school=school, name="健康大讲堂", summary="请医生面对面讲")
    plans = (("冬天怎样护好关节", "市人民医院 何医生", 9, 80), ("吃药的七个误区", "市中医院 林药师", 16, 3))
    living = Person.objects.filter(life_status=LifeStatus.LIVING, voided_at__isnull=True, cadre__isnull=False)
    people = list(living.order_by("pk")[:5])
    for title, speaker, days, seats in plans:
        day = on + days * DAY
        row = create_lecture(
            LectureFacts(
                series=series, title=title, speaker=speaker, starts_at=moment(day, 9 * 60 + 30),
                ends_at=moment(day, 11 * 60), place="云江老年大学一楼报告厅，不用爬楼", seats=seats,
                opens_at=now - 2 * DAY, summary="讲一个小时，留半个小时答问。",
            ),
            actor=clerk,
        )  # fmt: skip
        publish_lecture(row, actor=clerk, now=now)
        busy = refusals(row.offering, [person.pk for person in people], on)
        for person in (one for one in people if one.pk not in busy):
            sign_up(
                row.offering, person, source=SignUpSource.PHONE, actor=clerk, now=now, form_key=uuid.uuid4()
            )  # fmt: skip
