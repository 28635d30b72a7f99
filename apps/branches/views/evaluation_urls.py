"""Addresses of evaluation and 微党课 at the desk."""

from django.urls import path

from . import evaluations, lectures

ONE = "evaluation/<uuid:evaluation>/"
evaluation_urls = [
    path("evaluation/", evaluations.evaluation_list, name="evaluations"),
    path(ONE, evaluations.evaluation_page, name="evaluation"),
    path(f"{ONE}part/<int:number>/", evaluations.evaluation_part, name="evaluation_part"),
    path(f"{ONE}story/", evaluations.evaluation_story, name="evaluation_story"),
    path(f"{ONE}submit/", evaluations.evaluation_submit, name="evaluation_submit"),
    path(f"{ONE}undo/", evaluations.evaluation_undo, name="evaluation_undo"),
    path(f"{ONE}verify/", evaluations.evaluation_verify, name="evaluation_verify"),
    path(f"{ONE}return/", evaluations.evaluation_return, name="evaluation_return"),
    path(f"{ONE}file/<uuid:file>/", evaluations.evaluation_file, name="evaluation_file"),
    path(f"{ONE}paper/<slug:which>/", evaluations.evaluation_paper, name="evaluation_paper"),
    path("lectures/", lectures.lecture_list, name="lectures"),
    path("lectures/new/", lectures.lecture_record, name="lecture_new"),
    path("lectures/<uuid:lecture>/", lectures.lecture_record, name="lecture"),
    path("lectures/<uuid:lecture>/back/", lectures.lecture_back, name="lecture_back"),
]
