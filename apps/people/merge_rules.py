"""What becomes of the rows of this room when two entries of one person are made one."""

from .merging import MOVE, How, Rule, declare

RULES = {
    "people.Phone.person": MOVE,
    "people.Relative.person": MOVE,
    "people.Whereabouts.person": MOVE,
    "people.Consent.person": MOVE,
    "people.PersonAccount.person": MOVE,
    "people.ProxyGrant.person": MOVE,
    "people.ChangeRequest.person": MOVE,
    "people.TwinPair.low": Rule(How.KEEP, "这一对就是合并的依据"),
    "people.TwinPair.high": Rule(How.KEEP, "这一对就是合并的依据"),
    "people.PersonMerge.winner": Rule(How.KEEP, "记的是哪两份登记合并"),
    "people.PersonMerge.loser": Rule(How.KEEP, "记的是哪两份登记合并"),
}
NUMBERS = {
    "common.AuditEntry.on_behalf_of": "操作记录从不改动，查的时候两个编号一起查",
    "common.AuditEntry.target": "操作记录从不改动，查的时候两个编号一起查",
    "common.AuditSubject.person_id": "操作记录从不改动，查的时候两个编号一起查",
    "common.Attachment.subject": "文件从引用它的记录打开，跟着那条记录走",
    "common.Paper.subject": "记的是别的记录的编号",
    "people.ChangeRequest.topic": "记的是事项或别的记录的编号",
}


def plug() -> None:
    declare(rules=RULES, numbers=NUMBERS)
