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
MEASURE_DUE, MEASURE_LATE = "measure.due", "measure.late"
NEED_REPLY, NEED_REPLY_LATE = "need.reply", "need.reply_late"
NEED_BARE, NEED_RECALL = "need.bare", "need.recall"
CARD_ENDS = "green_card.ends"
STAND_IN_BEGINS = "stand_in.begins"
STAND_IN_ENDS = "stand_in.ends"
STAND_IN_BACK = "stand_in.back"
AID_VERIFY = "aid.verify"
AID_NOTICE_OVER = "aid.notice_over"
AID_RECEIPT = "aid.receipt"
AID_FAMILY = "aid.family"
AID_OPENS = "aid.opens"
AID_CLOSES = "aid.closes"
ASSESSMENT_DUE = "assessment.due"
RECHECK_DUE = "check_up.recheck"
THOUGHT_DUE = "thought.follow_up"
ADAPTATION_LATE = "adaptation.late"

INQUIRIES, STAND_INS, DUTIES = "admin:ledgers_inquiry_changelist", "admin:stand_ins", "admin:ledgers_duty_changelist"
GRANTS, REQUESTS = "admin:people_proxygrant_changelist", "admin:people_changerequest_changelist"
NEEDS, MEASURES = "admin:ledgers_need_changelist", "admin:ledgers_measure_changelist"
CAMPAIGN_BEGINS = "campaign.begins"
RESULTS_WAIT = "campaign.results"
CAMPAIGNS, ROUTES = "admin:ledgers_campaign_changelist", "admin:ledgers_visitroute_changelist"
CARDS = "admin:ledgers_greencard_changelist"
AID, FUNDS = "admin:ledgers_aidapplication_changelist", "admin:ledgers_fundyear_changelist"
_LINES = (
    (AID_VERIFY, "困难帮扶申请还没有入户核实", "份", AID),
    (AID_NOTICE_OVER, "困难帮扶公示期满，可以发放", "批", FUNDS),
    (AID_RECEIPT, "困难帮扶还没有签收", "份", AID),
    (AID_FAMILY, "困难帮扶转遗属，请登记由谁办", "份", AID),
    (AID_OPENS, "困难帮扶开始申请", "项", FUNDS),
    (AID_CLOSES, "困难帮扶申请快截止", "项", FUNDS),
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
    (MEASURE_LATE, "答应的事逾期没有办好", "项", MEASURES),
    (MEASURE_DUE, "答应的事快到期", "项", MEASURES),
    (NEED_REPLY_LATE, "需求过了期限还没有答复本人", "件", NEEDS),
    (NEED_REPLY, "需求该答复本人了", "件", NEEDS),
    (NEED_BARE, "需求还没有定办法", "件", NEEDS),
    (NEED_RECALL, "办好了，还没有回访本人", "件", NEEDS),
    (ASSESSMENT_DUE, "该复评能力等级", "人", "admin:ledgers_assessment_due"),
    (RECHECK_DUE, "体检后该复查", "人", "admin:ledgers_checkup_changelist"),
    (THOUGHT_DUE, "谈话后该再了解", "人", "admin:ledgers_thought_changelist"),
    (ADAPTATION_LATE, "适老化改造逾期", "件", "admin:ledgers_homeadaptation_changelist"),
    (CAMPAIGN_BEGINS, "慰问快开始了，请选人、核定", "次", CAMPAIGNS),
    (RESULTS_WAIT, "走访结果还没录", "组", ROUTES),
    (CARD_ENDS, "绿色通道卡快到期，请换卡", "张", CARDS),
    (DUTY_DONE, "您负责的事已由别的同志办结", "件", DUTIES),
)
for _key, _label, _unit, _page in _LINES:
    register_template(Template(key=_key, label=_label, unit=_unit, page=_page))
