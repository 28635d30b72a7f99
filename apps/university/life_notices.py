"""Messages to students about their class, posted in the act's transaction."""

from collections.abc import Mapping

from apps.messaging.rules import Template, register_template

from .choices.students import StudentKind
from .models import ClassNotice, Student
from .rules.class_texts import ClassTexts

CLASS_NOTICE = "class.notice"


def addressed(student: Student) -> str:
    """李德厚同志 to a cadre, 王兰学员 to anybody else: on paper."""
    return f"{student.person.name}{'学员' if student.kind == StudentKind.OTHER else '同志'}"


def facts(context: dict) -> Mapping[str, str]:
    """What a notice says, and the school's number."""
    notice = ClassNotice.objects.select_related("class_group__school").get(pk=context["notice"])
    return {"事项": notice.words, "电话": notice.class_group.school.phone}


register_template(Template(key=CLASS_NOTICE, label="班级通知", unit="条", texts=ClassTexts.rule_key, facts=facts))
