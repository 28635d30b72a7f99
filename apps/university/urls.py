from django.urls import path

from .views import air, catalogue, class_life, draws, lectures, lesson_files, tv, wishes, works

app_name = "university"
urlpatterns = [
    path("", catalogue.courses, name="courses"),
    path("form/", catalogue.blank_form, name="blank_form"),
    path("draws/", draws.draws, name="draws"),
    path("draws/<uuid:key>/", draws.draw, name="draw"),
    path("draws/<uuid:key>/list.txt", draws.list_file, name="draw_list"),
    path("draws/<uuid:key>/result.txt", draws.result_file, name="draw_result"),
    path("works/", works.gallery, name="works"),
    path("works/<uuid:key>/photo/", works.photo, name="work_photo"),
    path("certificates/", class_life.certificates, name="certificates"),
    path("<uuid:key>/timetable/", class_life.timetable, name="class_timetable"),
    path("<uuid:key>/timetable.ics", class_life.feed, name="class_feed"),
    path("<uuid:key>/", catalogue.class_page, name="class"),
    path("<uuid:key>/poster/", catalogue.poster, name="poster"),
    path("<uuid:key>/form/", catalogue.class_form, name="class_form"),
    path("<uuid:key>/join/", catalogue.join, name="join"),
    path("air/", air.air, name="air"),
    path("air/<uuid:series>/", air.air_series, name="air_series"),
    path("air/lesson/<uuid:lesson>/", air.air_lesson, name="air_lesson"),
    path("air/lesson/<uuid:lesson>/done/", air.air_done, name="air_done"),
    path("air/lesson/<uuid:lesson>/captions.vtt", lesson_files.lesson_captions, name="lesson_captions"),
    path("remind/", wishes.lesson_wish, name="lesson_wish"),
    path("lectures/", lectures.lectures, name="lectures"),
    path("lectures/<uuid:key>/", lectures.lecture, name="lecture"),
    path("lectures/<uuid:key>/join/", lectures.lecture_join, name="lecture_join"),
    path("lectures/<uuid:key>/leave/", lectures.lecture_leave, name="lecture_leave"),
    path("air/tv/", tv.tv, name="tv"),
    path("air/file/<uuid:file>/", lesson_files.lesson_file, name="lesson_file"),
]
