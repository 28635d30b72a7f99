"""Messages to students about their class, posted in the act's transaction."""

from collections.abc import Mapping

from apps.messaging.rules import Template, register_template
from apps.registry.addressing import address_of
from apps.registry.wording import called

from .choices.students import StudentKind
from .models import ClassNotice, Student
from .rules.class_texts import ClassTexts

CLASS_NOTICE = "class.notice"


def addressed(student: Student) -> str:
    """李德厚同志 to a cadre, 王兰老师 to anybody else: on paper."""
    return called(student.person.name, is_cadre=student.kind != StudentKind.OTHER)


def facts(context: dict) -> Mapping[str, str]:
    """What a notice says, and the school's number."""
    notice = ClassNotice.objects.select_related("class_group__school").get(pk=context["notice"])
    return {"称呼": address_of(context["person"]), "事项": notice.words, "电话": notice.class_group.school.phone}


register_template(Template(key=CLASS_NOTICE, label="班级通知", unit="条", texts=ClassTexts.rule_key, facts=facts))
