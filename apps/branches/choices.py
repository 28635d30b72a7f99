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
    GROUP_LEADER = "leader", "党小组组长"


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


class ElectionState(models.TextChoices):
    """Steps of 换届 in their order (domain 3.1). The act that leads on stands in rules/election_steps.py."""

    PREPARING = "preparing", "筹备"
    ASKED = "asked", "请示已报，等上级同意"
    NOMINATING = "nominating", "酝酿候选人"
    REVIEWING = "reviewing", "候选人已报，等上级审查"
    EXCLUDING = "excluding", "列出不计入应到人数的党员"
    EXCLUSIONS_SENT = "excl_sent", "不计入名单已报，等上级同意"
    MEETING = "meeting", "等开选举大会"
    COUNTING = "counting", "投票、计票"
    ELECTED = "elected", "已选出，等报告结果"
    REPORTED = "reported", "结果已报，等上级批复"
    APPROVED = "approved", "上级已批复，等任职"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class Turn(models.TextChoices):
    """Whose act an election waits for."""

    BRANCH = "branch", "支部在办"
    SUPERIOR = "superior", "等上级"
    NOBODY = "nobody", "办完了"


class NominatedBy(models.TextChoices):
    MEMBERS = "members", "党员推荐"
    COMMITTEE = "committee", "支委会提名"
    SUPERIOR = "superior", "上级提名"
    WRITTEN_IN = "written_in", "选票上另选"


class ExclusionCategory(models.TextChoices):
    """Who may be left out of those who must come (domain 0, 3.1)."""

    UNABLE = "unable", "因精神病或其他疾病不能表达本人意志"
    ABROAD = "abroad", "自费出国半年以上"
    SERVING = "serving", "正在服刑"
    BEDRIDDEN = "bedridden", "年老体弱卧床不起，或长期生病生活不能自理"
    MOVED = "moved", "按规定应转走组织关系而没有转走"
    RETURNED = "returned", "离退休后回原籍长期居住，因特殊情况没有转组织关系，确实不能参加"


class ShiftKind(models.TextChoices):
    DELAY = "delay", "延期换届"
    EARLY = "early", "提前换届"


class ShiftState(models.TextChoices):
    ASKED = "asked", "等上级答复"
    APPROVED = "approved", "上级已同意"
    REFUSED = "refused", "上级不同意"
    WITHDRAWN = "withdrawn", "已撤回"


class HonourLevel(models.TextChoices):
    """Who gave an honour to an organisation (表彰级别)."""

    NATION = "nation", "全国"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县（区）级"
    UNIT = "unit", "本单位"


class HowPosted(models.TextChoices):
    """How somebody came to a post."""

    ELECTED = "elected", "选举"
    APPOINTED = "appointed", "上级任命"
    ADDED = "added", "增补"


class ActKind(models.TextChoices):
    """What happened to an organisation by a document (党组织沿革)."""

    FOUNDED = "founded", "成立"
    CHANGED = "changed", "变更"
    MERGED = "merged", "并入"
    DISSOLVED = "dissolved", "撤销"


class RecheckResult(models.TextChoices):
    """What the re-check of a finding said (督导检查复查)."""

    DONE = "done", "已整改到位"
    AGAIN = "again", "还要继续整改"


class ReviewResult(models.TextChoices):
    """民主评议党员 (domain 3.1). In no order of merit: results are counted, nobody is ranked."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "合格"
    BASIC = "basic", "基本合格"
    FAILED = "failed", "不合格"
    ABSENT = "absent", "未参加评议"


class DuesKind(models.TextChoices):
    """domain 2.2, 3.2"""

    MONTHLY = "monthly", "月交"
    BACK = "back", "补交"
    AHEAD = "ahead", "预交"
    VOLUNTARY = "voluntary", "大额自愿"


class DuesMethod(models.TextChoices):
    CASH = "cash", "现金"
    TRANSFER = "transfer", "转账"
    RELATIVE = "relative", "亲属代交"
    CODE = "code", "扫码"


class DuesSource(models.TextChoices):
    """Where the base of the dues was read from."""

    PAY_SLIP = "pay_slip", "发放单"
    UNIT = "unit", "单位提供"
    TOLD = "told", "本人报告"
    LAST_YEAR = "last_year", "沿用上年"


class ExemptionKind(models.TextChoices):
    ZERO = "zero", "免交"
    REDUCED = "reduced", "少交"


class ExemptionReason(models.TextChoices):
    """A category only: what lies behind it stays with the branch's papers."""

    HARDSHIP = "hardship", "生活困难"
    NO_INCOME = "no_income", "没有固定收入"
    OTHER = "other", "其他（见支部决议）"


class FundKind(models.TextChoices):
    WORK = "work", "工作经费"
    RETURNED = "returned", "党费返还"


class DuesTable(models.TextChoices):
    """What an uploaded table of dues holds."""

    BASES = "bases", "交纳基数"
    PAYMENTS = "payments", "一年党费（12 个月）"


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


class PartyEventKind(models.TextChoices):
    """What in a member's party life decides his party age (domain 3.3)."""

    WATCH = "watch", "留党察看"
    REMOVED = "removed", "除名、开除党籍"
    RESTORED = "restored", "恢复党籍"
    REJOINED = "rejoined", "重新入党"
    DECIDED = "decided", "经组织认定的党龄起算日"


class MedalBatchState(models.TextChoices):
    PREPARING = "preparing", "准备名单"
    APPROVED = "approved", "已核定"
    CLOSED = "closed", "已办结"


class MedalState(models.TextChoices):
    PROPOSED = "proposed", "确定"
    DOUBTFUL = "doubtful", "需研究"
    APPROVED = "approved", "已核定"
    REFUSED = "refused", "不颁发"
    ISSUED = "issued", "已颁发"


class MedalForm(models.TextChoices):
    CEREMONY = "ceremony", "集中颁发"
    HOME = "home", "送到家中"
    FAMILY = "family", "家属代领"


class EvaluationSubject(models.TextChoices):
    BRANCH = "branch", "党组织"
    UNIT = "unit", "单位"


class ItemNature(models.TextChoices):
    NORMAL = "normal", "基本项"
    BONUS = "bonus", "加分项"
    DEDUCTION = "deduction", "扣分项"


class EvaluationState(models.TextChoices):
    DRAFTING = "drafting", "自评中"
    SUBMITTED = "submitted", "已呈报，等核查"
    RETURNED = "returned", "已退回，要修改"
    VERIFIED = "verified", "已核查，等命名"
    NAMED = "named", "已命名"
    NOT_NAMED = "not_named", "本年度没有命名"


class EvaluationAct(models.TextChoices):
    SUBMIT = "submit", "呈报"
    RETURN = "return", "退回"
    VERIFY = "verify", "初核"
    RECHECK = "recheck", "复核"
    NAME = "name", "命名"
    DECLINE = "decline", "不命名"
    REWARD = "reward", "登记奖补"
    UNDO = "undo", "撤回上一步"
