"""What a class said, once enough have spoken that nobody can be guessed. Teachers are never ranked."""

from dataclasses import dataclass

from apps.university.models import Survey, SurveyAnswer
from apps.university.models.surveys import QUESTIONS
from apps.university.rules.life import LEAST_ANSWERS


@dataclass(frozen=True)
class Question:
    label: str
    counts: tuple[tuple[str, int], ...]  # words of the answer → how many
    silent: int


@dataclass(frozen=True)
class Figures:
    """`questions` and `words` are empty below five sheets."""

    sheets: int
    questions: tuple[Question, ...] = ()
    words: tuple[str, ...] = ()


def figures_of(survey: Survey) -> Figures:
    """Counts by question, and what was written in no order. See rule book 9.57."""
    rows = list(SurveyAnswer.objects.filter(survey=survey).order_by("pk"))
    if len(rows) < LEAST_ANSWERS:
        return Figures(len(rows))
    questions = []
    for name in QUESTIONS:
        field = SurveyAnswer._meta.get_field(name)
        given = [getattr(row, name) for row in rows]
        counts = tuple((label, given.count(value)) for value, label in field.choices)
        questions.append(Question(str(field.verbose_name), counts, given.count(None)))
    return Figures(len(rows), tuple(questions), tuple(row.words for row in rows if row.words))
