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
