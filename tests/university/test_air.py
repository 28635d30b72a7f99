import datetime as dt
import io
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from apps.common.errors import BusinessError
from apps.people.models import PersonAccount
from apps.university import lesson_store
from apps.university.models import Lesson, LessonDone, LessonFile, LessonSeries
from apps.university.rules.air import LessonRules, check_outside
from apps.university.rules.captions import clean_captions
from apps.university.rules.media import NotMedia, look_at_audio, look_at_handout, look_at_video
from apps.university.rules.ranges import OutOfRange, asked_range
from apps.university.services import air
from apps.university.services.students import register
from tests.builders import make_person, make_unit, make_user

from .air_media import box, mp4, upload, wav
from .test_students import make_school

ON = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


@pytest.fixture
def in_folder(settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path},
    }}  # fmt: skip
    return tmp_path


def make_lesson(**over):
    series = over.pop("series", None) or LessonSeries.objects.create(
        school=make_school(make_unit()), name="书法入门", summary="从执笔开始"
    )
    return Lesson.objects.create(**{"series": series, "title": "第一讲 执笔", "kind": "video", **over})


def keep(lesson, data, name="课.mp4", role="main", key=None):
    return air.add_file(lesson, role, upload(data, name), actor=None, now=NOW, on=ON, form_key=key or uuid.uuid4())


# What a file really is


def look(function, data):
    return function(io.BytesIO(data), len(data))


@pytest.mark.parametrize("function", [look_at_video, look_at_audio, look_at_handout])
@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"PK\x03\x04", b"\x00\x00\x00\x00ftyp", b"GIF89a",
     mp4()[:300], mp4(codec=b"hvc1"), box(b"ftyp", b"isom") + b"\x00\x00\x00\x02mdat",
     box(b"ftyp", b"qt  ") + box(b"moov", b""),
     b"RIFF\xff\xff\xff\xffWAVEfmt ", box(b"ftyp", b"isom") + b"\xff" * 40],
)  # fmt: skip
def test_what_is_no_media_is_refused_whatever_its_name(function, data):
    with pytest.raises(NotMedia):
        look(function, data)


def test_whole_files_are_known_by_what_they_hold():
    assert look(look_at_video, mp4(seconds=125)).seconds == 125
    assert look(look_at_audio, wav(3)).seconds == 3
    assert look(look_at_audio, b"ID3\x03" + bytes(50)).content_type == "audio/mpeg"
    assert look(look_at_handout, b"%PDF-1.7 " + bytes(50)).ending == "pdf"


# Captions, addresses, ranges


def test_captions_are_written_anew_as_plain_webvtt():
    srt = (
        "1\r\n00:00:01,000 --> 00:00:03,500\r\n<b>同志们</b>好 & --> <script>x</script>\r\n\r\n"
        "2\r\n00:00:04,0 --> 00:00:05,0\r\n第二句\r\n"
    )

    done = clean_captions(srt.encode("gb18030"))

    assert done == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n同志们好 ＆ → x\n\n00:00:04.000 --> 00:00:05.000\n第二句\n"
    )
    assert clean_captions(done.encode()) == done
    for wrong in (b"", b"\x00\x01", "你好".encode(), b"00:00:03.000 --> 00:00:01.000\nx", b"WEBVTT\n\n1:2 --> 3"):
        with pytest.raises(ValueError, match="字幕"):
            clean_captions(wrong)


@pytest.mark.parametrize(
    "address",
    ["http://video.example.cn/1", "https://example.cn.evil.com/", "https://evil.com/?example.cn", "javascript:alert(1)",
     "https://user@example.cn/", "https://example.cn:8443/", "//example.cn/1", "https://badexample.cn/",
     "https://[", ""],
)  # fmt: skip
def test_only_approved_sites_are_linked(address):
    rules = LessonRules(outside_hosts=("example.cn",))

    assert check_outside(" https://video.example.cn/1 ", rules) == "https://video.example.cn/1"
    with pytest.raises(ValueError, match="网"):
        check_outside(address, rules)


def test_ranges():
    assert asked_range("bytes=0-99", 1000) == (0, 99)
    assert asked_range("bytes=900-", 1000) == asked_range("bytes=-100", 1000) == (900, 999)
    assert asked_range("bytes=500-99999", 1000) == (500, 999)
    whole = ("", "bytes=-", "bytes=9-1", "bytes=0-1,5-6", "items=0-1")
    assert [asked_range(text, 1000) for text in whole] == [None] * 5
    for text in ("bytes=1000-", "bytes=-0"):
        with pytest.raises(OutOfRange):
            asked_range(text, 1000)


# Files of lessons


@pytest.mark.django_db
def test_a_file_is_kept_once_replaced_and_left_in_no_corner(in_folder, django_capture_on_commit_callbacks):
    lesson, key = make_lesson(), uuid.uuid4()

    first = keep(lesson, mp4(), key=key)
    again = keep(lesson, mp4(), key=key)
    with django_capture_on_commit_callbacks(execute=True):
        second = keep(lesson, mp4(seconds=60))
    with pytest.raises(BusinessError, match="MP4"):
        keep(lesson, b"MZ" + bytes(100), "课.mp4")
    with pytest.raises(BusinessError, match="最多"):
        air.check_file(lesson, "main", ContentFile(mp4(pictures=1_200_000)), LessonRules(video_mb=1))

    assert again.pk == first.pk
    assert [row.pk for row in LessonFile.objects.filter(removed_at=None)] == [second.pk]
    kept = [path for path in in_folder.rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [second.storage_name.rpartition("/")[2]]
    assert (second.filename, second.seconds) == ("课.mp4", 60)


@pytest.mark.django_db
def test_files_that_no_row_speaks_of_are_removed_after_two_days(in_folder):
    row = keep(make_lesson(), mp4())
    lost = default_storage.save("lessons/ab/lost.mp4", ContentFile(b"x"))
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)

    assert lesson_store.purge_orphans(dt.datetime.now(dt.UTC)) == 0
    assert lesson_store.purge_orphans(later) == 1
    assert (default_storage.exists(lost), default_storage.exists(row.storage_name)) == (False, True)


@pytest.mark.django_db
def test_players_get_the_part_they_ask_for(in_folder, client):
    lesson, data = make_lesson(), mp4()
    row = keep(lesson, data)
    url = reverse("university:lesson_file", args=[row.public_id])

    assert client.get(url).status_code == 404  # not published
    air.publish(lesson, actor=None, now=NOW)
    whole = client.get(url)
    part = client.get(url, headers={"range": "bytes=100-199"})
    tail = client.get(url, headers={"range": "bytes=-10"})
    beyond = client.get(url, headers={"range": f"bytes={len(data)}-"})
    other = client.get(url, headers={"range": "bytes=0-9", "if-range": '"old"'})
    head = client.head(url)

    assert b"".join(whole.streaming_content) == data
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(data)}")
    assert b"".join(part.streaming_content) == data[100:200]
    assert b"".join(tail.streaming_content) == data[-10:]
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(data)}")
    assert (other.status_code, other["Content-Length"]) == (200, str(len(data)))
    assert (head["Content-Length"], head["Accept-Ranges"], head.content) == (str(len(data)), "bytes", b"")
    assert whole["Content-Type"] == "video/mp4"
    assert "sandbox" in whole["Content-Security-Policy"]
    assert "attachment" in client.get(f"{url}?download=1")["Content-Disposition"]


@pytest.mark.django_db
def test_the_proxy_is_told_where_the_file_lies(in_folder, client, settings):
    settings.LESSON_ACCEL_PREFIX = "/protected/"
    lesson = make_lesson()
    row = keep(lesson, mp4())
    air.publish(lesson, actor=None, now=NOW)

    answer = client.get(reverse("university:lesson_file", args=[row.public_id]))

    assert (answer["X-Accel-Redirect"], answer.content) == (f"/protected/{row.storage_name}", b"")


# Publishing and watching


@pytest.mark.django_db
def test_a_lesson_without_anything_to_see_is_not_published(in_folder):
    lesson = make_lesson()
    text = make_lesson(kind="text", series=lesson.series)

    for row in (lesson, text):
        with pytest.raises(BusinessError, match="还没有"):
            air.publish(row, actor=None, now=NOW)
    keep(lesson, mp4())
    air.publish(lesson, actor=None, now=NOW)
    with pytest.raises(BusinessError, match="还没有"):
        air.remove_file(lesson, "main", actor=None, now=NOW)
    assert LessonFile.objects.filter(lesson=lesson, removed_at=None).exists()


@pytest.mark.django_db
def test_lessons_for_students_open_after_signing_in_and_are_finished_by_a_button(in_folder, client):
    lesson = make_lesson(kind="text", text="第一段\n\n第二段", is_open=False, published_at=NOW)
    person = make_person("赵秀英")
    register(person, lesson.series.school, on=ON, actor=None)
    user = make_user("elder")
    PersonAccount.objects.create(user=user, person=person, starts_on=ON)
    page = reverse("university:air_lesson", args=[lesson.public_id])
    done = reverse("university:air_done", args=[lesson.public_id])

    stranger = client.get(page)
    assert (stranger.status_code, "第一段" in stranger.text, "登录" in stranger.text) == (403, False, True)
    client.force_login(user)
    assert "第一段" in client.get(page).text
    assert client.get(done).status_code == 405
    for _ in range(2):
        client.post(done)
    assert LessonDone.objects.filter(person=person, lesson=lesson).count() == 1
    assert "学完了" in client.get(reverse("university:air_series", args=[lesson.series.public_id])).text
    client.post(done, {"undo": "1"})
    assert not LessonDone.objects.exists()


@pytest.mark.django_db
def test_searching_shows_what_is_published_with_the_same_queries(client, django_assert_max_num_queries):
    lesson = make_lesson(kind="text", text="x", published_at=NOW)
    school = lesson.series.school
    hidden = make_lesson(series=LessonSeries.objects.create(school=school, name="合唱"))
    for number in range(3):
        series = LessonSeries.objects.create(school=school, name=f"手机班{number}")
        make_lesson(series=series, kind="text", text="x", published_at=NOW, title="微信怎么用")

    with django_assert_max_num_queries(6):
        text = client.get(reverse("university:air")).text
    found = client.get(reverse("university:air"), {"q": "微信\x00"}).text

    assert "书法入门" in text
    assert hidden.series.name not in text
    assert ("手机班2" in found, "书法入门" in found) == (True, False)
    assert "没有找到" in client.get(reverse("university:air"), {"q": "围棋"}).text


@pytest.mark.django_db
def test_lessons_are_put_in_order(in_folder):
    series = make_lesson().series
    rows = [make_lesson(series=series, title=f"第{number}讲", position=number) for number in (2, 3)]
    first = series.lessons.get(title="第一讲 执笔")

    air.move(rows[1], -1, actor=None)
    air.move(first, -1, actor=None)

    assert list(series.lessons.order_by("position").values_list("title", flat=True)) == [
        "第一讲 执笔",
        "第3讲",
        "第2讲",
    ]
    with pytest.raises(BusinessError, match="刷新"):
        air.put_in_order(series, [first.pk], actor=None)
