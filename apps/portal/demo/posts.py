"""Posts that old comrades hold in streets, villages and associations, their rounds, what these found, 党员报到, 四亮,
cases of legal aid and mediation. By the services where there is one."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.organisation.models import Community
from apps.registry.models import Cadre
from apps.volunteers.models import BrightRecord, CaseLog, OutsidePost, PartyReport, Volunteer
from apps.volunteers.services import cases, patrols, posts

DAY = dt.timedelta(days=1)
KEY = uuid.UUID("5f0c6c1e-6f4e-4a6b-9f0e-0d6a5c2b7e10")
# 岗位, 具体职务, 单位（{}：社区）, 领域, 任职在, 几天前开始, 几天后到期, 街巷
POSTS = (
    ("lane", "街长", "{}", "city", "block", 400, 330, "榕树街"),
    ("lane", "巷长", "{}", "city", "block", 340, 25, "书院巷"),
    ("lane", "巷长", "{}", "city", "block", 300, 65, "石板巷"),
    ("grid", "第三网格网格员", "{}", "governance", "block", 500, 230, ""),
    ("grid", "楼栋长", "{}", "governance", "block", 210, None, "春晖花园"),
    ("mediator", "人民调解员", "{}调解委员会", "disputes", "block", 700, 395, ""),
    ("branch", "支部书记", "春晖花园小区党支部", "governance", "block", 360, 735, "春晖花园"),
    ("owners", "业委会主任", "江畔名苑业主委员会", "governance", "block", 800, -70, "江畔名苑"),
    ("customs", "会长", "榕树村红白理事会", "village", "village", 900, 195, "榕树村"),
    ("council", "成员", "竹溪村村民议事会", "village", "village", 600, 495, "竹溪村"),
    ("mediator", "乡贤调解员", "竹溪村乡贤调解会", "disputes", "village", 420, None, "竹溪村"),
    ("adviser", "乡村振兴顾问", "石门村村委会", "village", "village", 250, 480, "石门村"),
    ("youth", "副主任", "市关心下一代工作委员会", "youth", "town", 1000, 460, ""),
    ("adviser", "校外辅导员", "云江市实验小学", "youth", "other", 280, 85, ""),
    ("watch", "行风监督员", "市政务服务中心", "policy", "town", 150, 580, ""),
)  # fmt: skip
# 协会, 职务, 领域, 审批文号, 领取报酬
SOCIETIES = (
    ("云江市书法家协会", "名誉会长", "culture", "云组〔2024〕18号", False),
    ("云江市诗词学会", "会长", "culture", "", False),
    ("云江市老区建设促进会", "顾问", "village", "云组〔2025〕3号", True),
)  # fmt: skip
# 第几个岗位, 几天前, 分钟, 地点, 看到什么, 发现的问题, 报给谁
ROUNDS = (
    (0, 1, 60, "榕树街北段", "垃圾桶已清，车辆停放整齐", "", ""),
    (0, 6, 50, "榕树街南段", "人行道有积水", "下水井盖松动", "社区居委会"),
    (1, 2, 40, "书院巷", "楼道有堆物", "3号楼楼道堆放纸箱", ""),
    (1, 12, 45, "书院巷", "路灯有两盏不亮", "巷口路灯不亮", "市城管局路灯所"),
    (2, 9, 35, "石板巷", "石板松动，老人容易绊倒", "石板路面松动", ""),
    (3, 4, 90, "第三网格", "走访独居老人4户", "", ""),
    (4, 22, 60, "春晖花园", "电动车在楼道充电", "楼道内给电动车充电", "春晖花园物业"),
    (8, 15, 120, "榕树村", "劝一户简办喜事", "", ""),
)  # fmt: skip
BRIGHT = (
    ("identity", "家门口挂“共产党员户”牌"), ("promise", "每周二上午清扫楼道，有事随叫随到"),
    ("action", "带头清理楼道杂物，动员邻居12户"), ("result", "楼道堆物清完，邻居送来感谢信"),
)  # fmt: skip
# 类别, 当事人, 事由, 详情, 几天前, 办得怎样
CASES = (
    ("legal", "L某", "租房押金不退", "合同到期两个月，房东说墙面有损坏。", 20, ("answered", "写了催告函样本。")),
    ("mediation", "W与Z", "楼上漏水赔偿", "厨房水管老化，楼下吊顶泡坏。", 12, ("settled", "各承担一半。")),
    ("elders", "H某", "保健品退款", "买了四千元的保健品，想退。", 5, None),
    ("science", "8号", "柑橘黄化", "半亩柑橘叶子发黄，问怎么施肥。", 3, None),
)  # fmt: skip


@transaction.atomic
def write_posts(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a post stands already."""
    communities = list(Community.objects.filter(voided_at__isnull=True).order_by("pk")[:6])
    cadres = list(
        Cadre.objects.current().filter(person__life_status="living", person__birth_date__gte="1946")
        .select_related("person").order_by("pk")[20:60]
    )  # fmt: skip
    if OutsidePost.objects.exists() or not communities or len(cadres) < len(POSTS) + len(SOCIETIES):
        return
    made = [
        _post(row, cadres[place], communities[place % len(communities)], on) for place, row in enumerate(POSTS)
    ]  # fmt: skip
    for place, row in enumerate(SOCIETIES):
        _society(row, cadres[len(POSTS) + place], on)
    clerk = staff["jingban"]
    posts.end_post(made[14], ends_on=on - 10 * DAY, because="health", note="住院休养", actor=clerk)
    _rounds(made, clerk, on)
    _reports(cadres, communities, clerk, on)
    _cases(cadres, clerk, on)


def _post(row, cadre: Cadre, community: Community, on: dt.date) -> OutsidePost:
    kind, duty, body, field, level, since, until, place = row
    near = community if level == "block" else None
    return posts.save_post(OutsidePost(
        unit_id=cadre.managing_unit_id, person=cadre.person, kind=kind, duty=duty, body=body.format(community.name),
        field=field, level=level, community=near, division=community.division, place=place,
        starts_on=on - since * DAY, ends_on=None if until is None else on + until * DAY,
        appointed_by=community.name if near else "", document_no="",
    ))  # fmt: skip


def _society(row, cadre: Cadre, on: dt.date) -> OutsidePost:
    body, duty, field, approval, paid = row
    return posts.save_post(OutsidePost(
        unit_id=cadre.managing_unit_id, person=cadre.person, kind="society", duty=duty, body=body, field=field,
        level="society", starts_on=on - 500 * DAY, ends_on=on + 960 * DAY, is_association=True,
        approval_no=approval, approved_on=on - 510 * DAY if approval else None, is_paid=paid,
    ))  # fmt: skip


def _rounds(made: list[OutsidePost], clerk: User, on: dt.date) -> None:
    lines = [
        patrols.PatrolLine(number, _name(made[which]), on - ago * DAY, minutes, place, seen, problem, told)
        for number, (which, ago, minutes, place, seen, problem, told) in enumerate(ROUNDS, 1)
    ]
    held = OutsidePost.objects.filter(pk__in=[post.pk for post in made])
    done = patrols.enter_patrols(
        lines, posts=held, volunteers=Volunteer.objects.none(), form_key=KEY, on=on, actor=clerk
    )  # fmt: skip
    lamp = next((row for patrol in done.patrols for row in patrol.problems.all() if "路灯" in row.what), None)
    if lamp is not None:
        patrols.close_problem(lamp, on=on - 3 * DAY, outcome="solved", result="两盏灯都换了", actor=clerk)


def _name(post: OutsidePost) -> str:
    """As it is typed on a sheet: with the year of birth, should two have the name."""
    return f"{post.person.name}{str(post.person.birth_date)[:4]}"


def _reports(cadres: list[Cadre], communities: list[Community], clerk: User, on: dt.date) -> None:
    wishes = ("帮邻居调解、代办手续", "教孩子书法", "楼道清扫、治安巡逻", "给独居老人送餐", "讲党史")
    for place, wish in enumerate(wishes):
        cadre, community = cadres[place], communities[place % len(communities)]
        report = posts.save_party_report(PartyReport(
            unit_id=cadre.managing_unit_id, person=cadre.person, on=on - (200 - 30 * place) * DAY,
            community=community, host=f"{community.name}党委", wishes=wish,
        ))  # fmt: skip
        if place < 3:
            posts.confirm_party_report(report, on=report.on + 2 * DAY, by="社区党委值班员", actor=clerk)
    for place, (kind, words) in enumerate(BRIGHT):
        BrightRecord.objects.create(
            unit_id=cadres[2].managing_unit_id, person=cadres[2].person, kind=kind, on=on - (80 - 20 * place) * DAY,
            words=words, place=communities[0].name,
        )  # fmt: skip


def _cases(cadres: list[Cadre], clerk: User, on: dt.date) -> None:
    for place, (kind, parties, subject, story, ago, closed) in enumerate(CASES):
        cadre = cadres[5 + place]
        case = cases.save_case(
            CaseLog(unit_id=cadre.managing_unit_id, handler=cadre.person, kind=kind, taken_on=on - ago * DAY,
                    parties=parties, subject=subject),
            details=story,
        )  # fmt: skip
        key = uuid.uuid5(KEY, f"case:{place}")
        cases.add_step(case, on=on - (ago - 1) * DAY, words="当面听了情况，看了材料。", form_key=key, actor=clerk)
        if closed:
            cases.close_case(case, on=on - (ago - 2) * DAY, outcome=closed[0], words=closed[1], actor=clerk)
