"""What becomes of students and teachers when two entries of one person are made one."""

from apps.people.merging import MOVE, How, Rule, declare

RULES = {
    "university.Student.person": Rule(How.STOP, "两份登记都有学员卡，请先注销其中一张。"),
    "university.Teacher.person": Rule(How.STOP, "两份登记都登记为教师，请先作废其中一份。"),
    "university.SessionTeacher.person": MOVE,
    "university.ClassGroup.monitor": MOVE,
    "university.PadLine.person": MOVE,
    "university.LessonDone.person": MOVE,
    "university.LessonWish.person": MOVE,
}


NUMBERS = {
    "university.ClassSession.topic": "是一次课的内容",
    "university.TeachingResearch.topic": "是教研活动的题目",
    "university.TeachingResearch.people": "是参加人的姓名，照写",
}


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS)
