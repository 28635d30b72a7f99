"""What becomes of places and draws when two entries of one person are made one."""

from apps.people.merging import How, Rule, declare

RULES = {
    "signups.SignUp.person": Rule(How.STOP, "两份登记报了同一门课程或同一项活动，请先退掉其中一份。"),
    "signups.Occupied.person": Rule(How.STOP, "两份登记在同一个时间都有课程或活动，请先退掉其中一份。"),
    "signups.TicketHolder.person": Rule(How.STOP, "两份登记都填了同一批抽签的报名表，请先撤回其中一份。"),
}
NUMBERS = {"signups.Occupied.subject": "记的是占用时间的那件事的编号，跟着它走"}


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS)
