from django.db import models


class Kind(models.TextChoices):
    """Domain 2.2.1"""

    FORMAL = "formal", "正式"
    AWAY = "away", "异地"
    FLOATING = "floating", "流动党员支部"
    TEMPORARY = "temporary", "临时"
    FUNCTIONAL = "functional", "功能型"


class Level(models.TextChoices):
    WORK_COMMITTEE = "work_committee", "党工委"
    COMMITTEE = "committee", "党委"
    GENERAL = "general", "党总支"
    BRANCH = "branch", "党支部"
    GROUP = "group", "党小组"


class Formation(models.TextChoices):
    """组建方式 (domain 2.2)"""

    ALONE = "alone", "单独组建"
    JOINT = "joint", "联合组建"
    COMMUNITY = "community", "依托社区"
    CLUB = "club", "依托社团、老年大学"


class Composition(models.TextChoices):
    """支部类型 (domain 2.2)"""

    VETERANS = "veterans", "离休"
    RETIRED = "retired", "退休"
    MIXED = "mixed", "离退休混编"
    WITH_STAFF = "with_staff", "与在职联建"


class Link(models.TextChoices):
    FORMAL = "formal", "正式组织关系"
    FUNCTIONAL = "functional", "功能型"
    TEMPORARY = "temporary", "临时"
    FLOATING = "floating", "流动"


class PostKind(models.TextChoices):
    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    MEMBER = "member", "委员"


class MeetingKind(models.TextChoices):
    """三会一课 and the others (domain 2.2, 3.1)."""

    PARTY_DAY = "party_day", "主题党日"
    ASSEMBLY = "assembly", "支部党员大会"
    COMMITTEE = "committee", "支委会"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    LIFE = "life", "组织生活会"
    REVIEW = "review", "民主评议党员"
    ELECTION = "election", "换届选举大会"
    TALK = "talk", "座谈、谈心谈话"
    ACTIVITY = "activity", "主题活动"


class AttendanceState(models.TextChoices):
    PRESENT = "present", "到会"
    ONLINE = "online", "线上参加"
    DELIVERY = "delivery", "送学上门"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "未到"


class DeliveryForm(models.TextChoices):
    VISIT = "visit", "上门讲"
    CALL = "call", "电话讲"
    PAPER = "paper", "送材料"
    ONLINE = "online", "视频、微信"


class StudyForm(models.TextChoices):
    TOGETHER = "together", "集中"
    ALONE = "alone", "自学"
    DELIVERED = "delivered", "送学"
    ONLINE = "online", "线上"


class TransferKind(models.TextChoices):
    INSIDE = "inside", "市内转接"
    OUT = "out", "转往外地、外单位"
    IN = "in", "从外地、外单位转来"


class TransferState(models.TextChoices):
    """Domain 3.4. 逾期 is no state: it is read from the day on which the letter ends."""

    APPLIED = "applied", "待转出支部同意"
    AGREED = "agreed", "待上级审核"
    UNDER_WAY = "under_way", "转接中"
    ACCEPTED = "accepted", "已接收，待回执"
    DONE = "done", "已办结"
    SENT_BACK = "sent_back", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    ENDED = "ended", "因离世终止"


class TransferAct(models.TextChoices):
    APPLY = "apply", "申请"
    AGREE = "agree", "转出支部同意"
    ISSUE = "issue", "审核通过，开介绍信"
    REISSUE = "reissue", "换开介绍信"
    ACCEPT = "accept", "接收"
    RECEIPT = "receipt", "回执"
    SEND_BACK = "send_back", "退回"
    WITHDRAW = "withdraw", "撤回"
    UNDO = "undo", "撤销接收"
    END = "end", "因离世终止"
    REOPEN = "reopen", "撤销离世，恢复办理"


class ReissueReason(models.TextChoices):
    LOST = "lost", "介绍信遗失"
    LATE = "late", "介绍信逾期"
    WRONG = "wrong", "内容写错"


class AwayDecision(models.TextChoices):
    """What was decided where a member has moved away (组织关系随人走)."""

    TRANSFER = "transfer", "办转接"
    FLOATING = "floating", "登记为流动党员"
    STAY = "stay", "不转"


class FloatingStudy(models.TextChoices):
    HOST = "host", "参加流入地支部活动"
    ONLINE = "online", "线上参加本支部活动"
    PAPER = "paper", "寄送材料自学"
    CALL = "call", "电话联系"


class RecruitStage(models.TextChoices):
    """Steps of 发展党员 in their order."""

    APPLIED = "applied", "入党申请人"
    ACTIVIST = "activist", "入党积极分子"
    CANDIDATE = "candidate", "发展对象"
    PROBATIONARY = "probationary", "预备党员"
    FULL = "full", "已转正"
    STOPPED = "stopped", "已终止"
