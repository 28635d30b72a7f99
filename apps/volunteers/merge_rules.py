"""What becomes of volunteers and of those they help when two entries of one person are made one."""

from apps.people.merging import MOVE, How, Rule, declare

RULES = {
    "volunteers.Volunteer.person": Rule(How.STOP, "两份登记都是志愿者，请先作废其中一份志愿者登记。"),
    "volunteers.ServiceRequest.receiver": MOVE,
    "volunteers.ServiceRecord.receiver": MOVE,
    "volunteers.Donation.person": MOVE,
    "volunteers.Account.person": Rule(How.STOP, "两份登记都有时间账户，请先把其中一个转出并销户。"),
    "volunteers.Kinship.person": MOVE,
    "volunteers.Kinship.kin": MOVE,
    "volunteers.OutsidePost.person": MOVE,
    "volunteers.Patrol.person": MOVE,
    "volunteers.Problem.person": MOVE,
    "volunteers.PartyReport.person": MOVE,
    "volunteers.BrightRecord.person": MOVE,
    "volunteers.CaseLog.handler": MOVE,
}

NUMBERS: dict[str, str] = {}


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS)
