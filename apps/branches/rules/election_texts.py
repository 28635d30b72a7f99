"""The words of the election papers. Facts in, paragraphs out; a branch may write its own 选举办法 over the model."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Facts:
    """What the papers speak of. Dates may be unknown; `committee` is 支部委员会 or, without one, 书记."""

    organisation: str
    superior: str
    committee: str
    full: int
    probationary: int
    seats: int
    candidates: int
    planned_on: dt.date
    place: str = ""
    began_on: dt.date | None = None
    ends_on: dt.date | None = None
    surplus_percent: int = 20
    parts: int = 4
    whole: int = 5
    inclusive: bool = True
    names: Sequence[str] = field(default_factory=tuple)


def day(value: dt.date | None) -> str:
    """2026年7月1日, or room to write it."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "    年  月  日"


LAW = "《中国共产党章程》和《中国共产党基层组织选举工作条例》"


def request_text(facts: Facts) -> list[str]:
    """请示 for the consent to hold an election."""
    term = f"本届任期自{day(facts.began_on)}起，" if facts.began_on else "本届任期"
    ends = f"到{day(facts.ends_on)}届满。" if facts.ends_on else "即将届满。"
    place = f"在{facts.place}" if facts.place else ""
    how = "差额选举" if facts.candidates > facts.seats else "等额选举"
    return [
        f"{term}{ends}根据{LAW}的规定，拟于{day(facts.planned_on)}{place}召开党员大会，进行换届选举。现将有关事项请示如下：",
        f"一、现有党员 {facts.full + facts.probationary} 名，其中正式党员 {facts.full} 名，"
        f"预备党员 {facts.probationary} 名。",
        f"二、{_wanted(facts)}",
        f"三、候选人经党员酝酿推荐，提名不少于 {facts.candidates} 名，报上级党组织审查同意后，"
        f"采用无记名投票方式进行{how}。",
        "妥否，请批示。",
    ]


def _wanted(facts: Facts) -> str:
    if facts.seats > 2:
        return f"新一届{facts.committee}拟设委员 {facts.seats} 名，其中书记 1 名。"
    deputy = "、副书记 1 名" if facts.seats == 2 else ""
    return f"正式党员较少，不设委员会，拟选举书记 1 名{deputy}。"


def shift_text(*, delays: bool, term_ends_on: dt.date, until: dt.date, reason: str) -> list[str]:
    """请示 to hold an election later or earlier."""
    word, plan = ("延期", f"延期到{day(until)}前") if delays else ("提前", f"提前到{day(until)}前")
    return [
        f"本届任期到{day(term_ends_on)}届满。因{reason.rstrip('。；;.')}，拟{word}换届。",
        f"根据{LAW}的规定，拟将换届选举{plan}进行（提前或延期一般不超过一年）。",
        "妥否，请批示。",
    ]


def method_text(facts: Facts) -> list[str]:
    """The model 选举办法, adopted by the meeting with raised hands."""
    share = f"{facts.parts}/{facts.whole}"
    reach = f"不少于应到会人数的 {share}" if facts.inclusive else f"超过应到会人数的 {share}"
    surplus = (
        f"实行差额选举，候选人 {facts.candidates} 名，应选 {facts.seats} 名"
        if facts.candidates > facts.seats
        else f"实行等额选举，应选 {facts.seats} 名"
    )
    return [
        f"一、根据{LAW}的规定，制定本办法。",
        f"二、本次大会选举{facts.organisation}{facts.committee}。{surplus}。候选人按姓氏笔画排列。",
        f"三、有选举权的到会人数{reach}，方可进行选举。预备党员没有表决权、选举权和被选举权。"
        "经上级党组织同意、大会通过，可以不计入应到会人数的党员，不列入应到会人数。",
        "四、选举采用无记名投票方式。因故不能到会的党员，不能委托他人代为投票。不能写选票的党员，"
        "由本人委托非候选人按本人意志代写。",
        "五、选票上，赞成的在姓名上方的格内画“○”，反对的画“×”，不画的算弃权。要另选他人的，"
        "先对不赞成的候选人画“×”，再在空格内写上另选人的姓名并画“○”。",
        f"六、每张选票所选人数等于或者少于 {facts.seats} 名的有效，多于 {facts.seats} 名的作废。"
        "字迹无法辨认的部分不计票。",
        "七、收回的选票等于或者少于发出的选票，选举有效；多于发出的选票，选举无效，重新选举。",
        "八、被选举人获得的赞成票超过实到会有选举权人数的一半，始得当选。获得赞成票超过半数的人数多于应选名额时，"
        "以得票多的当选；票数相等不能确定当选人时，就票数相等的被选举人再次投票。"
        "当选人少于应选名额时，对不足的名额另行选举；经半数以上到会党员同意，也可以减少名额，不再选举。",
        "九、大会设监票人、计票人，由党员推选非候选人担任，经大会通过。计票结束，监票人向大会报告得票情况，"
        "主持人宣布当选名单。",
        "十、本办法经大会通过后生效。",
    ]


def reply_text(facts: Facts, posts: Sequence[tuple[str, str]]) -> list[str]:
    """批复 of the result: (name, post) of each."""
    names = "、".join(name for name, _ in posts)
    lines = [
        f"你们关于换届选举结果的报告收悉。{facts.organisation}于{day(facts.planned_on)}召开党员大会，"
        "选举程序符合规定，选举结果有效。",
    ]
    if len(posts) > 2:
        lines.append(f"同意由{names} {len(posts)} 名同志组成新一届{facts.committee}。")
    lines += [f"同意{name}同志任{post}。" for name, post in posts if post in ("书记", "副书记")]
    return [*lines, "请新一届班子认真履职。", "此复。"]


def notice_text(facts: Facts, posts: Sequence[tuple[str, str]], term_ends_on: dt.date | None) -> str:
    """What may be copied into the branch's chat: names and posts, nothing else."""
    people = "\n".join(f"{post}：{name}同志" for name, post in posts)
    until = f"\n任期到{day(term_ends_on)}。" if term_ends_on else ""
    return f"各位同志：{facts.organisation}换届选举已经完成，上级已批复。新一届班子：\n{people}{until}"
