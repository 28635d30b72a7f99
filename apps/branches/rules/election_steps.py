"""The steps of an election: which act leads from where to where, and whose act it is."""

from dataclasses import dataclass

from apps.branches.choices import ElectionState as State
from apps.branches.choices import Turn

STEPS = ("筹备", "请示", "候选人", "不计入名单", "选举大会", "计票", "报告", "批复", "任职")


@dataclass(frozen=True)
class Act:
    """An act that leads from one of `origins` to `target`. `label` is the button, `done` what the history says."""

    key: str
    turn: Turn
    origins: tuple[State, ...]
    target: State
    label: str
    done: str


ACTS = {
    act.key: act
    for act in (
        Act("ask", Turn.BRANCH, (State.PREPARING,), State.ASKED, "填请示，报上级", "报出换届请示"),
        Act("consent", Turn.SUPERIOR, (State.ASKED,), State.NOMINATING, "答复请示", "上级同意换届"),
        Act("send_back", Turn.SUPERIOR, (State.ASKED,), State.PREPARING, "退回请示", "上级退回请示"),
        Act("nominate", Turn.BRANCH, (State.NOMINATING,), State.REVIEWING, "填候选人名单", "报出候选人名单"),
        Act("accept", Turn.SUPERIOR, (State.REVIEWING,), State.EXCLUDING, "审查候选人", "上级同意候选人"),
        Act("reject", Turn.SUPERIOR, (State.REVIEWING,), State.NOMINATING, "退回候选人名单", "上级退回候选人名单"),
        Act("exclude", Turn.BRANCH, (State.EXCLUDING,), State.EXCLUSIONS_SENT, "填不计入名单", "报出不计入名单"),
        Act("exclude_none", Turn.BRANCH, (State.EXCLUDING,), State.MEETING, "没有不计入的", "没有不计入的党员"),
        Act(
            "agree", Turn.SUPERIOR, (State.EXCLUSIONS_SENT,), State.MEETING, "审批不计入名单", "上级答复不计入名单"
        ),
        Act("meet", Turn.BRANCH, (State.MEETING,), State.COUNTING, "登记选举大会到会人数", "选举大会到会人数有效"),
        Act("count", Turn.BRANCH, (State.COUNTING,), State.ELECTED, "登记计票单", "计票完成，已选出"),
        Act("again", Turn.BRANCH, (State.COUNTING,), State.COUNTING, "登记计票单", "计票完成，还要再投一次"),
        Act("reduce", Turn.BRANCH, (State.COUNTING,), State.ELECTED, "减少名额，不再选", "大会同意减少名额，不再选"),
        Act("report", Turn.BRANCH, (State.ELECTED,), State.REPORTED, "向上级报告结果", "报出选举结果"),
        Act("approve", Turn.SUPERIOR, (State.REPORTED,), State.APPROVED, "批复选举结果", "上级批复选举结果"),
        Act("appoint", Turn.BRANCH, (State.APPROVED,), State.DONE, "登记新班子任职", "新班子任职"),
        Act(
            "cancel", Turn.BRANCH,
            tuple(state for state in State if state not in (State.DONE, State.CANCELLED)),
            State.CANCELLED, "取消这次换届", "取消这次换届",
        ),
    )
}  # fmt: skip

CLOSED = (State.DONE, State.CANCELLED)
WAITING_FOR_SUPERIOR = (State.ASKED, State.REVIEWING, State.EXCLUSIONS_SENT, State.REPORTED)


@dataclass(frozen=True)
class Next:
    """What is to be done in a state: one sentence, one button. `number` is the step's place in STEPS, from 1."""

    number: int
    act: str
    sentence: str


NEXT = {
    State.PREPARING: Next(1, "ask", "先定应选名额和开会日期，写好请示，报上级。"),
    State.ASKED: Next(2, "consent", "请示已经报出，等上级答复。"),
    State.NOMINATING: Next(3, "nominate", "上级同意换届。请党员酝酿推荐候选人，填好名单报上级审查。"),
    State.REVIEWING: Next(3, "accept", "候选人名单已经报出，等上级审查。"),
    State.EXCLUDING: Next(4, "exclude", "上级同意候选人。有卧床、出国等不能到会的党员，列出来报上级；没有就直接往下。"),
    State.EXCLUSIONS_SENT: Next(4, "agree", "不计入应到人数的名单已经报出，等上级答复。"),
    State.MEETING: Next(5, "meet", "可以开选举大会了。先打印选举办法、选票和计票单；开会时清点到会人数，填在这里。"),
    State.COUNTING: Next(6, "count", "到会人数有效。投票后，照监票人签字的计票单填票数。"),
    State.ELECTED: Next(7, "report", "已经选出。请打印结果报告单，报上级。"),
    State.REPORTED: Next(8, "approve", "结果已经报出，等上级批复。"),
    State.APPROVED: Next(9, "appoint", "上级已经批复。请登记各人的职务，新班子就任职。"),
    State.DONE: Next(9, "", "这次换届已经办完。"),
    State.CANCELLED: Next(1, "", "这次换届已经取消。"),
}


def turn_of(state: str) -> Turn:
    """Whose act an election in the state waits for.

    See rule book 7.65.
    """
    if state in CLOSED:
        return Turn.NOBODY
    return Turn.SUPERIOR if state in WAITING_FOR_SUPERIOR else Turn.BRANCH
