"""学员评价: opened for a class, answered once by each, at `/me/` or on paper without a name."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.choices.schools import ClassState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Enrolment, Survey, SurveyAnswer, SurveyTaken
from apps.university.models.surveys import QUESTIONS

LONGEST = dt.timedelta(days=90)
MAY_ANSWER = (EnrolmentState.STUDYING, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)


@transaction.atomic
def open_survey(class_group: ClassGroup, *, closes_on: dt.date, actor, on: dt.date) -> Survey:
    """From today until the day before `closes_on`; open already, its end is set anew."""
    group = ClassGroup.objects.select_for_update(of=("self",)).get(pk=class_group.pk)
    if group.state not in (ClassState.RUNNING, ClassState.ENDED):
        raise BusinessError("开课以后才能请学员评价。", code="state")
    if not on < closes_on <= on + LONGEST:
        raise BusinessError("结束日期要晚于今天，最多三个月。", code="order", field="last_on")
    survey, fresh = Survey.objects.get_or_create(
        class_group=group, defaults={"opens_on": on, "closes_on": closes_on, "opened_by": actor}
    )
    if not fresh and survey.closes_on != closes_on:
        survey.closes_on = closes_on
        survey.save(update_fields=["closes_on"])
    audit.record("survey.open", actor=actor, target=f"university.survey:{survey.pk}")
    return survey


def answer(survey: Survey, enrolment: Enrolment, marks: Mapping[str, int | None], words: str, *, on: dt.date) -> None:
    """One sheet of one student; the second time BusinessError. Nothing keeps who said what. See rule book 9.57."""
    if not survey.opens_on <= on < survey.closes_on or survey.voided_at:
        raise BusinessError("评价已经结束了，谢谢您。", code="closed")
    if enrolment.class_group_id != survey.class_group_id or enrolment.state not in MAY_ANSWER:
        raise BusinessError("这是别的班的评价。", code="not_in")
    try:
        with transaction.atomic():
            SurveyTaken.objects.create(survey=survey, enrolment=enrolment)
            _sheet(survey, uuid.uuid4(), marks, words)
    except IntegrityError as error:
        raise BusinessError("您已经评价过了，谢谢您。", code="again") from error


@transaction.atomic
def enter_sheets(survey: Survey, sheets: Iterable[tuple[uuid.UUID, Mapping[str, int | None], str]], *, actor) -> int:
    """Sheets that came back on paper, each with the key of its line: sent twice it is one. How many are new."""
    rows = [row for row in sheets if any(row[1].values()) or row[2].strip()]
    known = set(SurveyAnswer.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
    fresh = [row for row in rows if row[0] not in known]
    for key, marks, words in fresh:
        _sheet(survey, key, marks, words)
    if fresh:
        audit.record("survey.enter", actor=actor, target=f"university.survey:{survey.pk}")
    return len(fresh)


def _sheet(survey: Survey, key: uuid.UUID, marks: Mapping[str, int | None], words: str) -> None:
    SurveyAnswer.objects.create(
        pk=key, survey=survey, words=" ".join(words.split())[:300], **{name: marks.get(name) for name in QUESTIONS}
    )
