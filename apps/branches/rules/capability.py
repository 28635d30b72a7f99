"""What each kind of party organisation may do (domain 2.2.1)."""

import enum

from apps.branches.choices import Kind


class Capability(enum.StrEnum):
    FORMAL_LINK = "formal_link"
    DUES = "dues"
    RECRUIT = "recruit"
    ELECTION = "election"
    LESSONS = "lessons"
    COUNTED = "counted"


_ALL = frozenset(Capability)
# 异地 is the branch that the home organisation set up elsewhere and holds the formal relation; 流动党员支部 does not.
MATRIX: dict[str, frozenset[Capability]] = {
    Kind.FORMAL: _ALL,
    Kind.AWAY: _ALL,
    Kind.FLOATING: frozenset({Capability.LESSONS}),
    Kind.TEMPORARY: frozenset({Capability.LESSONS}),
    Kind.FUNCTIONAL: frozenset(),
}
SENTENCES = {
    Capability.FORMAL_LINK: "{kind}党组织不接正式组织关系。请把正式组织关系留在他原来的支部，这里登记为{kind}成员。",
    Capability.DUES: "{kind}党组织不收党费。请在他正式组织关系所在的支部登记。",
    Capability.RECRUIT: "{kind}党组织不发展党员。请在他所在单位或社区的正式支部办理。",
    Capability.ELECTION: "{kind}党组织不换届选举，班子由上级任命。请改用任职登记。",
    Capability.LESSONS: "{kind}党组织只组织活动，不开三会一课。请登记为主题活动或座谈。",
    Capability.COUNTED: "{kind}党组织不计入党组织统计。",
}


def able(kind: str, capability: Capability) -> bool:
    """Whether an organisation of the kind may do it.

    See rule book 7.2.
    """
    return capability in MATRIX[kind]


def refusal(kind: str, capability: Capability) -> str:
    """The sentence for one who tries all the same."""
    return SENTENCES[capability].format(kind=Kind(kind).label)


def kinds_without(capability: Capability) -> list[str]:
    return sorted(kind for kind, able_to in MATRIX.items() if capability not in able_to)
