from django.urls import path

from .views import catalogue

app_name = "university"
urlpatterns = [
    path("", catalogue.courses, name="courses"),
    path("form/", catalogue.blank_form, name="blank_form"),
    path("<uuid:key>/", catalogue.class_page, name="class"),
    path("<uuid:key>/poster/", catalogue.poster, name="poster"),
    path("<uuid:key>/form/", catalogue.class_form, name="class_form"),
    path("<uuid:key>/join/", catalogue.join, name="join"),
]
