"""Roles are code: what each may do, reviewed like code and pinned by a snapshot test (design 5).

A permission is `app.codename`. `grantable` roles are given on a unit subtree for a time (RoleGrant); the others come
from a post or from a person's own account. Rights to sensitive fields are separate permissions of their own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    key: str
    label: str
    permissions: frozenset[str] = frozenset()
    staff: bool = True
    grantable: bool = True


def _views(*models: str) -> frozenset[str]:
    return frozenset("{}.view_{}".format(*model.split(".")) for model in models)


def _edits(*models: str) -> frozenset[str]:
    return frozenset(
        f"{model.split('.')[0]}.{act}_{model.split('.')[1]}" for model in models for act in ("add", "change")
    )


REFERENCE = _views(
    "organisation.unit",
    "organisation.community",
    "organisation.division",
    "organisation.ruleset",
    "organisation.calendarday",
)
PEOPLE = _views(
    "registry.cadre", "registry.lifeevent", "registry.unitspan", "registry.standingspan", "people.person",
    "people.phone", "people.relative", "people.household", "branches.organisation", "branches.membership",
    "branches.post", "branches.election",
    "people.whereabouts", "accounts.absence", "registry.rankcolumn", "registry.servingleader", "registry.worker",
    "registry.training",
    "ledgers.caretier", "ledgers.careassignment", "ledgers.duty", "ledgers.contact", "ledgers.safetycheck",
    "ledgers.inquiry", "ledgers.callsheet", "reminders.reminder",
)  # fmt: skip
# Branches: seen by all who see people. One line a subject.
BRANCHES = (
    _views("branches.organisation", "branches.membership", "branches.post", "branches.inspection")
    | _views("branches.meeting", "branches.homedelivery", "branches.studyrecord", "branches.programme")
    | _views("branches.review", "branches.talk")
    | _views("branches.transfer", "branches.floatingstay", "branches.recruit", "branches.secretaryclass")
    | _views("branches.election", "branches.medalbatch", "branches.partyevent")
    | _views("branches.election")
    | _views("branches.standard", "branches.evaluation")
)
# Branches: done by clerks in the admin; entering for a branch at its workbench is `enter_for_branch`.
BRANCH_WORK = (
    frozenset({"branches.enter_for_branch"})
    | _edits("branches.organisation", "branches.membership", "branches.post", "branches.inspection")
    | _edits("branches.programme", "branches.medalbatch", "branches.partyevent")
    | frozenset({"branches.change_meeting", "branches.change_homedelivery", "branches.change_studyrecord"})
    | frozenset({"branches.change_review", "branches.change_talk"})
    | _edits("branches.transfer", "branches.secretaryclass")
    | _edits("branches.standard")
    | frozenset({"branches.change_evaluation"})
)
# Those who act for a retiree, what they ask to change, and how they sign in.
FAMILY = (
    _views("people.proxygrant", "people.changerequest")
    | frozenset({"people.add_proxygrant", "people.change_proxygrant", "people.change_changerequest"})
    | _views("accounts.personalaccount", "accounts.callrequest")
    | frozenset({"accounts.change_personalaccount", "accounts.change_callrequest"})
)
# Treatments, convalescence, papers and services: seen by all who see people; cards and medical fees by clerks only.
TREATMENTS = _views(
    "ledgers.treatmentitem", "ledgers.treatmentrun", "ledgers.treatmentdue", "ledgers.treatmentchange",
    "ledgers.unitfund", "ledgers.unitspending", "ledgers.seniorclaim", "ledgers.subscription",
    "ledgers.convalescencebatch", "ledgers.convalescenceplace", "ledgers.guaranteecheck", "ledgers.serviceoffer",
    "ledgers.nearbyservice",
)  # fmt: skip
TREATMENT_WORK = (
    _edits(
        "ledgers.treatmentrun", "ledgers.unitfund", "ledgers.unitspending", "ledgers.seniorclaim",
        "ledgers.subscription", "ledgers.convalescencebatch", "ledgers.convalescenceplace", "ledgers.guaranteecheck",
        "ledgers.serviceoffer", "ledgers.nearbyservice", "ledgers.medicalfee", "ledgers.greencard",
    )
    | _views("ledgers.treatmentsheet", "ledgers.medicalfee", "ledgers.greencard")
    | {"ledgers.change_treatmentdue"}
)  # fmt: skip
# 一人一策: seen by all who see people. One line a subject; health, thoughts, cards and medical fees are not here.
LEDGER = (
    _views("ledgers.serviceplan", "ledgers.need", "ledgers.measure", "ledgers.measuretemplate")
    | _views("ledgers.aftermathcase", "ledgers.afterdeathitem", "people.twinpair", "people.personmerge")
    | _views("ledgers.campaign", "ledgers.visitroute")
    | _views("ledgers.homeadaptation", "ledgers.familyincare", "ledgers.tieradvice")
    | _views("ledgers.aidapplication", "ledgers.fundyear")
    | TREATMENTS
)
# 一人一策: done by clerks. One line a subject.
LEDGER_WORK = (
    _edits("ledgers.serviceplan", "ledgers.need", "ledgers.measure", "ledgers.measuretemplate")
    | _views("ledgers.wordtemplate")
    | frozenset({"ledgers.change_aftermathcase", "people.add_personmerge", "people.change_twinpair"})
    | _edits("ledgers.afterdeathitem")
    | _edits("ledgers.campaign", "ledgers.visitroute")
    | _edits("ledgers.homeadaptation", "ledgers.familyincare")
    | _edits("ledgers.aidapplication")
    | frozenset({"ledgers.view_aid_details"})
    | TREATMENT_WORK
)
# Senior university: seen by who looks after it. Students have rights of their own.
_SCHOOLS = (
    "university.school", "university.campus", "university.room", "university.department", "university.major",
    "university.course", "university.term", "university.classgroup", "university.classsession",
    "university.equipment", "university.roomrepair", "university.partner", "university.agreement",
    "university.practicebase", "university.coursenomination", "university.teachingresearch",
)  # fmt: skip
_LESSONS = ("university.lessonseries", "university.lesson", "university.programme")
_LECTURES = ("university.lectureseries", "university.lecture")
UNIVERSITY = _views(*_SCHOOLS) | _views(*_LESSONS) | _views(*_LECTURES) | _views("signups.round")
# Senior university: who may see people there.
_LIFE = (
    "university.sessionact", "university.classmerge", "university.rollcall", "university.leave",
    "university.absencecase", "university.classchange", "university.certificate", "university.survey",
    "university.studentwork",
)  # fmt: skip
UNIVERSITY_PEOPLE = (
    _views("university.teacher", "university.student", "university.enrolment")
    | _views("signups.ticket", "signups.signup", "signups.offer")
    | _views("university.payment", "university.refund")
    | _views(*_LIFE)
)
# Senior university: done by its staff. One line a subject.
UNIVERSITY_WORK = (
    _edits(*_SCHOOLS)
    | _edits(*_LESSONS)
    | _edits(*_LECTURES)
    | _edits("university.teacher", "university.student")
    | _edits("signups.round")
    | _views("university.padsheet", "university.queueday", "university.continuation")
    | _edits("university.padsheet", "university.queueday")
    | frozenset({"university.use_desk", "signups.change_signup", "signups.change_offer"})
    | frozenset({"university.view_student_contact", "university.release_place"})
    | _edits("university.payment", "university.refund", "university.misconduct")
    | _views("university.misconduct")
    | _edits(*_LIFE)
)
# Volunteers: one tuple a subject. Records of what was done and of money-like minutes are written by acts of their own.
_TEAMS = (
    "volunteers.team", "volunteers.teammember", "volunteers.teamplan", "volunteers.volunteer",
    "volunteers.volunteerbatch", "volunteers.volunteerstatement",
)  # fmt: skip
_SHIFTS = (
    "volunteers.project", "volunteers.shiftseries", "volunteers.shift", "volunteers.turn", "volunteers.servicerecord",
)  # fmt: skip
_HELP = ("volunteers.servicerequest", "volunteers.proposal", "volunteers.careconfirmation")
_BANK = (
    "volunteers.bank", "volunteers.account", "volunteers.transfer", "volunteers.hold", "volunteers.kinship",
    "volunteers.approval", "volunteers.outstatement",
)  # fmt: skip
_POSTS = (
    "volunteers.outsidepost", "volunteers.patrol", "volunteers.problem", "volunteers.partyreport",
    "volunteers.brightrecord", "volunteers.caselog", "volunteers.postbatch",
)  # fmt: skip
_TALKS = (
    "volunteers.talktopic", "volunteers.lecturer", "volunteers.talkcampaign", "volunteers.talkround", "volunteers.talk",
    "volunteers.talkbooking", "volunteers.donation", "volunteers.surrogatepairing",
)  # fmt: skip
_PROOFS = ("volunteers.servicecertificate",)
_VOLUNTEERS = _TEAMS + _SHIFTS + _HELP + _BANK + _POSTS + _TALKS + _PROOFS
VOLUNTEERS = _views(*_VOLUNTEERS)
VOLUNTEERS_WORK = _edits(*_VOLUNTEERS) | frozenset({"volunteers.view_volunteer_contact"})
# 困难帮扶: who sets the money and decides.
AID_HEAD = _edits("ledgers.fundyear") | {"ledgers.decide_aid"}
# Health and thoughts: their readers only.
_HEALTH = ("ledgers.assessment", "ledgers.hospitalstay", "ledgers.checkup", "ledgers.medicine")
HEALTH = _views(*_HEALTH) | _edits(*_HEALTH)
THOUGHTS = _views("ledgers.thought") | _edits("ledgers.thought") | frozenset({"registry.view_thoughts"})
CARE_WORK = frozenset({"ledgers.record_contact", "ledgers.view_today"})
# Everybody at work enters his own absence; whose else is a matter of `change_absence` and units.
OWN_ABSENCE = frozenset({"accounts.view_absence", "accounts.add_absence"})
SENSITIVE = frozenset({"people.reveal_citizen_id", "people.view_contact", "registry.view_health"})

# Money of branches: what is read, and what staff set or approve for the organisation above.
BRANCH_MONEY = _views("branches.duespayment", "branches.duesexemption", "branches.branchfund", "branches.allowancelist")
DUES_WORK = frozenset({
    "branches.change_duesexemption", "branches.fix_dues", "branches.view_duesoff", "branches.add_duesoff",
    "branches.change_duesoff",
})  # fmt: skip

PAPER = frozenset({"common.view_paper", "common.change_paper"})
# What units send in: monthly reports, yearly checks, lists of deceased.
UNIT_NEWS = _views("registry.unitreport", "registry.unitcheck", "registry.deceasedlist") | _edits(
    "registry.unitreport", "registry.unitcheck", "registry.deceasedlist"
)

LEDGERS = LEDGER | LEDGER_WORK | HEALTH
STUDIES = UNIVERSITY | UNIVERSITY_PEOPLE
SERVICE = VOLUNTEERS | VOLUNTEERS_WORK
CLERK = REFERENCE | STUDIES | SERVICE | PEOPLE | LEDGERS | BRANCHES | BRANCH_WORK | FAMILY | CARE_WORK | SENSITIVE
CLERK |= _edits(
    "registry.cadre", "people.person", "people.phone", "people.relative", "people.household", "registry.lifeevent",
    "ledgers.caretier", "ledgers.careassignment", "ledgers.contact", "organisation.community", "people.whereabouts",
    "accounts.absence", "ledgers.inquiry", "ledgers.callsheet", "organisation.calendarday",
    "registry.servingleader", "registry.worker", "registry.training",
) | PAPER | UNIT_NEWS | BRANCH_MONEY | DUES_WORK | {"registry.import_roster", "registry.export_cadre",
     "registry.confirm_lifeevent",
     "registry.view_rostercolumn", "registry.change_rostercolumn", "reminders.view_run", "common.view_job",
     "messaging.resolve_delivery", "messaging.make_batch"}  # fmt: skip

ROLES = {
    role.key: role
    for role in (
        Role("system_admin", "系统管理员", REFERENCE | _edits("organisation.unit", "organisation.division",
             "organisation.community", "common.codevalue") | _views("common.codevalue", "common.job")
             | {"reminders.view_run", "common.view_every_job"}),
        Role("security_admin", "安全管理员", _views("accounts.user", "accounts.rolegrant", "organisation.unit",
             "organisation.community", "organisation.barredentry", "accounts.boundcertificate")
             | _edits("accounts.user", "accounts.rolegrant", "organisation.barredentry", "accounts.boundcertificate")
             | {"accounts.view_reveals"}),
        Role("auditor", "审计员", _views("common.auditentry", "common.auditsubject", "common.auditseal")),
        Role("clerk", "经办人", CLERK),
        Role("section_head", "科长", CLERK | AID_HEAD | THOUGHTS | _edits("organisation.ruleset", "registry.rankcolumn")
             | _edits("ledgers.treatmentitem") | _views("organisation.barredentry") | _edits("ledgers.wordtemplate")
             | {"accounts.view_reveals", "registry.undo_import", "registry.merge_people", "registry.view_hold",
                "registry.change_hold", "ledgers.waive_duty", "ledgers.approve_campaign", "ledgers.approve_over",
                "branches.name_evaluation"}),
        Role("leader", "局领导", REFERENCE | PEOPLE | UNIVERSITY | VOLUNTEERS | LEDGER | BRANCHES | BRANCH_MONEY
             | CARE_WORK | OWN_ABSENCE | {"people.view_proxygrant", "people.view_contact",
             "reminders.view_run", "common.view_paper", "registry.view_hold"}),
        Role("liaison", "单位联络员", REFERENCE | _views("registry.cadre", "people.person", "registry.lifeevent",
             "ledgers.duty", "ledgers.contact", "ledgers.callsheet", "ledgers.safetycheck", "registry.servingleader",
             "registry.worker", "registry.unitreport", "registry.unitcheck") | _edits("ledgers.callsheet") | CARE_WORK
             | OWN_ABSENCE | PAPER | {"registry.add_lifeevent", "registry.add_unitreport"}),
        Role("university_clerk", "老年大学工作人员", _views("organisation.unit") | UNIVERSITY | UNIVERSITY_PEOPLE
             | UNIVERSITY_WORK),
        Role("team_leader", "志愿队负责人", frozenset(), staff=False),
        Role("secretary", "支部书记、委员", CARE_WORK | _views("registry.cadre", "people.person",
             "ledgers.safetycheck", "branches.organisation", "branches.membership", "branches.post")
             | {"registry.add_lifeevent"},
             staff=False, grantable=False),
        Role("retiree", "老同志", frozenset(), staff=False, grantable=False),
        Role("proxy", "家属代办", frozenset(), staff=False, grantable=False),
    )
}  # fmt: skip
STAFF_ROLES = frozenset(key for key, role in ROLES.items() if role.staff)


def role_choices() -> list[tuple[str, str]]:
    """Roles that can be granted, for forms."""
    return [(role.key, role.label) for role in ROLES.values() if role.grantable]
