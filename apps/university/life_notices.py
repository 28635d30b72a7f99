"""Messages to students about their class, posted in the act's transaction."""

from apps.messaging.rules import Template, register_template

from .choices.students import StudentKind
from .models import ClassNotice, Student
from .rules.class_texts import ClassTexts

CLASS_NOTICE = "class.notice"


def addressed(student: Student) -> str:
    """李德厚同志 to a cadre, 王兰学员 to anybody else."""
    return f"{student.person.name}{'学员' if student.kind == StudentKind.OTHER else '同志'}"


def fills(context: dict) -> dict[str, str]:
    """What stands for {称呼}, {事项}, {学校} and {电话} of a notice; two queries."""
    notice = ClassNotice.objects.select_related("class_group__school").get(pk=context["notice"])
    student = Student.objects.select_related("person").get(pk=context["person"])
    school = notice.class_group.school
    return {"称呼": addressed(student), "事项": notice.words, "学校": school.name, "电话": school.phone}


register_template(Template(key=CLASS_NOTICE, label="班级通知", unit="条", texts=ClassTexts.rule_key, fills=fills))
