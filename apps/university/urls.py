from django.urls import path

from .views import catalogue, draws

app_name = "university"
urlpatterns = [
    path("", catalogue.courses, name="courses"),
    path("form/", catalogue.blank_form, name="blank_form"),
    path("draws/", draws.draws, name="draws"),
    path("draws/<uuid:key>/", draws.draw, name="draw"),
    path("draws/<uuid:key>/list.txt", draws.list_file, name="draw_list"),
    path("draws/<uuid:key>/result.txt", draws.result_file, name="draw_result"),
    path("<uuid:key>/", catalogue.class_page, name="class"),
    path("<uuid:key>/poster/", catalogue.poster, name="poster"),
    path("<uuid:key>/form/", catalogue.class_form, name="class_form"),
    path("<uuid:key>/join/", catalogue.join, name="join"),
]
