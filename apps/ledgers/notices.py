"""Messages that acts of the ledger post: counted lines, no names (design 4)."""

from apps.messaging.rules import Template, register_template

INQUIRY_PASSED = "inquiry.passed"
INQUIRY_ANSWERED = "inquiry.answered"
INQUIRY_OVERDUE = "inquiry.overdue"
INQUIRY_ESCALATED = "inquiry.escalated"
DEATH_REPORTED = "death.reported"
DUTY_DONE = "duty.done_by_other"
GRANT_ENDS = "proxy.ends"
REQUEST_WAITS = "change_request.waits"
REQUEST_CONTRADICTS = "change_request.contradicts"
CARD_ENDS = "green_card.ends"
STAND_IN_BEGINS = "stand_in.begins"
STAND_IN_ENDS = "stand_in.ends"
STAND_IN_BACK = "stand_in.back"

INQUIRIES, STAND_INS, DUTIES = "admin:ledgers_inquiry_changelist", "admin:stand_ins", "admin:ledgers_duty_changelist"
GRANTS, REQUESTS = "admin:people_proxygrant_changelist", "admin:people_changerequest_changelist"
CARDS = "admin:ledgers_greencard_changelist"
_LINES = (
    (INQUIRY_OVERDUE, "来电来访逾期", "件", INQUIRIES),
    (INQUIRY_ESCALATED, "本科室来电来访逾期", "件", INQUIRIES),
    (INQUIRY_PASSED, "转来来电来访", "件", INQUIRIES),
    (INQUIRY_ANSWERED, "来电来访已办完，待回复", "件", INQUIRIES),
    (DEATH_REPORTED, "支部报告离世，请今天核实、联系家属", "件", INQUIRIES),
    (STAND_IN_BEGINS, "今天起代岗", "人", STAND_INS),
    (STAND_IN_ENDS, "代岗到期，请交回", "人", STAND_INS),
    (STAND_IN_BACK, "您已回岗，代岗期间的事可查", "次", STAND_INS),
    (GRANT_ENDS, "家属授权快到期，请打电话续", "份", GRANTS),
    (REQUEST_WAITS, "改电话、住址还没有核实", "件", REQUESTS),
    (REQUEST_CONTRADICTS, "家里人要求不一，请问本人", "件", REQUESTS),
    (CARD_ENDS, "绿色通道卡快到期，请换卡", "张", CARDS),
    (DUTY_DONE, "您负责的事已由别的同志办结", "件", DUTIES),
)
for _key, _label, _unit, _page in _LINES:
    register_template(Template(key=_key, label=_label, unit=_unit, page=_page))
