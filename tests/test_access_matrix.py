"""Who may open what: every route × every role × own, foreign and missing objects × GET and POST (trust B1).

A route without a row fails. What a role may do comes from `accounts/roles.py`, pinned by `access_snapshot.json`;
a row says which permission its page asks for. Foreign and missing objects must answer alike, and nobody's answer
may carry a canary of somebody he may not see.
"""

import copy
import json
import logging
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib import admin, auth
from django.db import connection
from django.http import HttpResponse
from django.template import Template
from django.test import Client
from django.test.utils import _TestState
from django.urls import URLResolver, get_resolver

from apps.accounts.access import current_grants
from apps.accounts.models import User
from apps.accounts.roles import ROLES
from apps.branches.access import current_posts
from tests.access_air import AIR_EXCEPTIONS, AIR_PAGES
from tests.access_bank import BANK_EXCEPTIONS, BANK_PAGES
from tests.access_desk import DESK_EXCEPTIONS, DESK_PAGES
from tests.access_draws import DRAW_EXCEPTIONS, DRAW_PAGES
from tests.access_face import FACE_PAGES
from tests.access_help import HELP_EXCEPTIONS, HELP_PAGES
from tests.access_life import LIFE_EXCEPTIONS, LIFE_PAGES
from tests.access_lists import PAGES as LIST_PAGES
from tests.access_posts import POST_EXCEPTIONS, POST_PAGES
from tests.access_proof import PROOF_EXCEPTIONS, PROOF_PAGES
from tests.access_schools import SCHOOL_PAGES
from tests.access_shifts import SHIFT_EXCEPTIONS, SHIFT_PAGES
from tests.access_students import STUDENT_EXCEPTIONS, STUDENT_PAGES
from tests.access_talks import TALK_EXCEPTIONS, TALK_PAGES
from tests.access_teams import TEAM_EXCEPTIONS, TEAM_PAGES
from tests.access_treatments import TREATMENT_EXCEPTIONS, TREATMENT_PAGES
from tests.access_world import ACTORS, FOREIGN, GRANTED, OBJECTS, OWN, SHARED, build_world

pytestmark = pytest.mark.django_db

MISSING = 999_999_999
NOBODY = "nobody"
ANY_STAFF = "any staff"
SIGNED_IN = "signed in"
# A page of the workbench: whoever holds a post in that branch or above it, and staff who may enter for it.
DESK = "desk"
ENTER = "branches.enter_for_branch"
PUBLIC = "public"
# Of these, refused answers are compared with those for missing objects too; of the others where they have the right.
COMPARED = ("clerk", "liaison", "auditor")
NO_PEOPLE = ("system_admin", "security_admin", "auditor", "university_clerk", "team_leader")


@dataclass(frozen=True)
class Row:
    """What a page asks for: a permission, or one of the words above. `model`: whose key stands in the address (of a
    page of the workbench: whose public id, beside its organisation's); `post`: what sending an empty form asks for,
    where that differs."""

    needs: str
    model: str = ""
    post: str = ""


# Pages of their own. The six stock pages of each registered model are derived below.
PAGES = {
    "admin:index": Row(ANY_STAFF),
    "admin:login": Row(PUBLIC),
    "admin:logout": Row(SIGNED_IN),
    "admin:password_change": Row(SIGNED_IN),
    "admin:password_change_done": Row(SIGNED_IN),
    "admin:autocomplete": Row(NOBODY),
    "admin:jsi18n": Row(ANY_STAFF),
    "admin:view_on_site": Row(NOBODY),
    "admin:app_list": Row("accounts.view_user"),
    "admin:catch_all": Row(NOBODY),
    "admin:headcount": Row("registry.view_cadre"),
    "admin:audit_looks": Row("common.view_auditentry"),
    "admin:person_search": Row("registry.view_cadre"),
    "admin:organisation_unit_close": Row("organisation.change_unit", "organisation.unit"),
    "admin:organisation_calendarday_import": Row("organisation.add_calendarday"),
    "admin:accounts_user_password": Row("accounts.change_user", "accounts.user"),
    "admin:accounts_user_second-factor": Row("accounts.change_user", "accounts.user"),
    "admin:accounts_user_reveals": Row("accounts.view_reveals"),
    "admin:accounts_user_sheet": Row("accounts.change_user", "accounts.user"),
    "admin:accounts_boundcertificate_release": Row("accounts.change_boundcertificate", "accounts.boundcertificate"),
    "admin:accounts_user_sign-out": Row("accounts.change_user", "accounts.user"),
    "admin:accounts_user_disable": Row("accounts.change_user", "accounts.user"),
    "admin:accounts_user_enable": Row("accounts.change_user", "accounts.user"),
    "admin:accounts_rolegrant_revoke": Row("accounts.change_rolegrant", "accounts.rolegrant"),
    "admin:branches_post_account": Row("branches.change_post", "branches.post"),
    "admin:accounts_personalaccount_phone": Row("accounts.change_personalaccount", "accounts.personalaccount"),
    "admin:accounts_personalaccount_card": Row("accounts.change_personalaccount", "accounts.personalaccount"),
    "admin:branches_meeting_months": Row("branches.view_meeting"),
    **{
        f"admin:branches_{name}_export": Row(f"branches.view_{name}")
        for name in ("meeting", "homedelivery", "studyrecord", "review", "talk")
    },
    "admin:branches_membership_end": Row("branches.change_membership", "branches.membership"),
    "admin:branches_transfer_moved": Row("branches.view_transfer"),
    "admin:branches_transfer_export": Row("branches.view_transfer"),
    "admin:branches_floatingstay_export": Row("branches.view_floatingstay"),
    "admin:branches_medalbatch_list": Row(
        "branches.view_medalbatch", "branches.medalbatch", post="branches.change_medalbatch"
    ),
    "admin:branches_medalbatch_print": Row("branches.view_medalbatch", "branches.medalbatch"),
    "admin:branches_medalbatch_export": Row("branches.view_medalbatch", "branches.medalbatch"),
    "admin:branches_secretaryclass_missing": Row("branches.view_secretaryclass"),
    "admin:branches_secretaryclass_people": Row("branches.change_secretaryclass", "branches.secretaryclass"),
    "admin:branches_secretaryclass_attendance": Row(
        "branches.view_secretaryclass", "branches.secretaryclass", post="branches.change_secretaryclass"
    ),
    "admin:branches_secretaryclass_export": Row("branches.view_secretaryclass", "branches.secretaryclass"),
    "admin:branches_post_end": Row("branches.change_post", "branches.post"),
    "admin:branches_membership_import": Row("branches.add_membership"),
    "admin:branches_membership_template": Row("branches.add_membership"),
    "admin:branches_membership_batch": Row(NOBODY, "branches.membership"),
    "admin:branches_membership_refused": Row(NOBODY, "branches.membership"),
    "admin:branches_organisation_dissolve": Row("branches.change_organisation", "branches.organisation"),
    "admin:branches_organisation_merge": Row("branches.change_organisation", "branches.organisation"),
    "admin:branches_organisation_move": Row("branches.change_organisation", "branches.organisation"),
    "admin:branches_organisation_honour": Row("branches.change_organisation", "branches.organisation"),
    "admin:branches_organisation_undo": Row(NOBODY, "branches.organisation"),
    # Asks for the right to see people too, which nobody who sees organisations lacks.
    "admin:branches_organisation_members": Row("branches.view_organisation", "branches.organisation"),
    "admin:branches_organisation_committee": Row("branches.view_organisation", "branches.organisation"),
    "admin:branches_organisation_coverage": Row("branches.view_organisation"),
    "admin:branches_organisation_export": Row("branches.view_organisation"),
    "admin:branches_inspection_finding": Row("branches.change_inspection", "branches.inspection"),
    "admin:branches_inspection_recheck": Row(NOBODY, "branches.inspection"),
    "admin:branches_evaluation_open": Row("branches.change_evaluation"),
    "admin:branches_evaluation_export": Row("branches.view_evaluation"),
    "admin:branches_evaluation_paper": Row("branches.view_evaluation", "branches.evaluation"),
    "admin:branches_evaluation_file": Row(NOBODY, "branches.evaluation"),
    "admin:branches_evaluation_part": Row(NOBODY, "branches.evaluation"),
    # What may be done depends on the state: that of the world is not handed in.
    "admin:branches_evaluation_check": Row(NOBODY, "branches.evaluation"),
    "admin:branches_evaluation_act": Row(NOBODY, "branches.evaluation"),
    "admin:people_phone_remove": Row("people.change_phone", "people.phone"),
    "admin:registry_lifeevent_settle": Row(
        "registry.view_lifeevent", "registry.lifeevent", post="registry.confirm_lifeevent"
    ),
    "admin:registry_lifeevent_decide": Row("registry.view_lifeevent", "registry.lifeevent", post=NOBODY),
    "admin:common_job_download": Row("common.view_every_job", "common.job", post=NOBODY),
    "admin:common_paper_hand_over": Row("common.change_paper", "common.paper"),
    "admin:common_paper_take_back": Row("common.change_paper", "common.paper"),
    "admin:common_paper_archive": Row("common.change_paper", "common.paper"),
    "admin:common_paper_cancel": Row("common.change_paper", "common.paper"),
    "admin:common_paper_scan": Row("common.view_paper", "common.paper"),
    "admin:ledgers_callsheet_print": Row("ledgers.view_callsheet", "ledgers.callsheet"),
    "admin:ledgers_callsheet_enter": Row(
        "ledgers.view_callsheet", "ledgers.callsheet", post="ledgers.change_callsheet"
    ),
    "admin:ledgers_campaign_figures": Row("ledgers.view_campaign"),
    "admin:ledgers_campaign_people": Row("ledgers.view_campaign", "ledgers.campaign", post="ledgers.change_campaign"),
    "admin:ledgers_campaign_layers": Row("ledgers.view_campaign", "ledgers.campaign", post="ledgers.change_campaign"),
    # Envelopes are taken back once the list is approved: that of the world is not.
    "admin:ledgers_campaign_unclaimed": Row("ledgers.view_campaign", "ledgers.campaign", post=NOBODY),
    "admin:ledgers_campaign_select": Row("ledgers.change_campaign", "ledgers.campaign"),
    "admin:ledgers_campaign_person": Row("ledgers.change_campaign", "ledgers.campaign"),
    "admin:ledgers_campaign_amounts": Row("ledgers.change_campaign", "ledgers.campaign"),
    # Asks for the right to see campaigns too, which nobody who exports lacks.
    "admin:ledgers_campaign_export": Row("registry.export_cadre", "ledgers.campaign"),
    "admin:ledgers_campaign_approve": Row("ledgers.approve_campaign", "ledgers.campaign"),
    "admin:ledgers_campaign_send-back": Row("ledgers.approve_campaign", "ledgers.campaign"),
    "admin:ledgers_campaign_close": Row("ledgers.approve_campaign", "ledgers.campaign"),
    "admin:ledgers_campaign_reopen": Row("ledgers.approve_campaign", "ledgers.campaign"),
    "admin:ledgers_visitroute_people": Row("ledgers.change_visitroute", "ledgers.visitroute"),
    "admin:ledgers_visitroute_arrange": Row("ledgers.change_visitroute", "ledgers.visitroute"),
    "admin:ledgers_visitroute_returned": Row("ledgers.change_visitroute", "ledgers.visitroute"),
    "admin:ledgers_visitroute_cards": Row("ledgers.change_visitroute", "ledgers.visitroute"),
    "admin:ledgers_visitroute_morning": Row(
        "ledgers.view_visitroute", "ledgers.visitroute", post="ledgers.change_visitroute"
    ),
    "admin:ledgers_visitroute_enter": Row(
        "ledgers.view_visitroute", "ledgers.visitroute", post="ledgers.change_visitroute"
    ),
    "admin:ledgers_visitroute_print": Row("ledgers.view_visitroute", "ledgers.visitroute"),
    "admin:ledgers_visitroute_table": Row("ledgers.view_visitroute", "ledgers.visitroute"),
    "admin:ledgers_visitroute_sign": Row("ledgers.view_visitroute", "ledgers.visitroute"),
    "admin:ledgers_duty_visit_list": Row("ledgers.view_duty"),
    "admin:ledgers_duty_today": Row("ledgers.view_today"),
    "admin:ledgers_contact_print": Row("ledgers.view_contact"),
    "admin:registry_cadre_labels": Row("people.view_contact"),
    "admin:registry_cadre_tier": Row("ledgers.change_caretier"),
    "admin:ledgers_serviceplan_person": Row("ledgers.view_serviceplan", "registry.cadre"),
    "admin:ledgers_serviceplan_make": Row("ledgers.add_serviceplan", "registry.cadre"),
    "admin:ledgers_serviceplan_print": Row("ledgers.view_serviceplan", "ledgers.serviceplan"),
    "admin:ledgers_serviceplan_print_many": Row("ledgers.view_serviceplan"),
    "admin:ledgers_serviceplan_word": Row("ledgers.view_serviceplan", "ledgers.serviceplan"),
    "admin:ledgers_serviceplan_photo": Row("ledgers.change_serviceplan", "ledgers.serviceplan"),
    "admin:ledgers_serviceplan_picture": Row("ledgers.view_serviceplan", "ledgers.serviceplan"),
    "admin:ledgers_serviceplan_version": Row("ledgers.view_serviceplan", "ledgers.planversion"),
    "admin:ledgers_serviceplan_version_word": Row("ledgers.view_serviceplan", "ledgers.planversion"),
    "admin:ledgers_serviceplan_version_picture": Row("ledgers.view_serviceplan", "ledgers.planversion"),
    "admin:ledgers_serviceplan_figures": Row("ledgers.view_serviceplan"),
    "admin:ledgers_need_measure": Row("ledgers.change_need", "ledgers.need"),
    "admin:ledgers_need_reply": Row("ledgers.change_need", "ledgers.need"),
    "admin:ledgers_need_close": Row("ledgers.change_need", "ledgers.need"),
    "admin:ledgers_need_reopen": Row("ledgers.change_need", "ledgers.need"),
    "admin:ledgers_measure_finish": Row("ledgers.change_measure", "ledgers.measure"),
    "admin:ledgers_measure_drop": Row("ledgers.change_measure", "ledgers.measure"),
    "admin:ledgers_measure_undo": Row("ledgers.change_measure", "ledgers.measure"),
    "admin:ledgers_wordtemplate_shipped": Row("ledgers.view_wordtemplate"),
    "admin:ledgers_wordtemplate_file": Row("ledgers.view_wordtemplate", "ledgers.wordtemplate"),
    "admin:ledgers_wordtemplate_sample": Row("ledgers.view_wordtemplate", "ledgers.wordtemplate"),
    "admin:ledgers_wordtemplate_revert": Row("ledgers.change_wordtemplate", "ledgers.wordtemplate"),
    "admin:registry_cadre_plans": Row("ledgers.add_serviceplan"),
    "admin:registry_cadre_carers": Row("ledgers.change_careassignment"),
    "admin:registry_cadre_export": Row("registry.export_cadre"),
    "admin:registry_cadre_places": Row("registry.change_cadre"),
    "admin:registry_cadre_invite": Row("registry.view_cadre"),
    "admin:registry_cadre_ranks": Row("registry.change_cadre"),
    "admin:registry_cadre_hold": Row("registry.change_hold", "registry.cadre"),
    "admin:registry_cadre_document": Row(NOBODY, "registry.cadre"),
    "admin:registry_servingleader_import": Row("registry.change_servingleader"),
    "admin:registry_servingleader_template": Row("registry.change_servingleader"),
    "admin:registry_servingleader_batch": Row("registry.change_servingleader", "registry.registerbatch.leaders"),
    "admin:registry_servingleader_report": Row(NOBODY, "registry.registerbatch.leaders"),
    "admin:registry_servingleader_export": Row("registry.view_servingleader"),
    "admin:registry_servingleader_post": Row("registry.change_servingleader", "registry.servingleader"),
    "admin:registry_servingleader_leave": Row("registry.change_servingleader", "registry.servingleader"),
    "admin:registry_worker_import": Row("registry.change_worker"),
    "admin:registry_worker_template": Row("registry.change_worker"),
    "admin:registry_worker_batch": Row("registry.change_worker", "registry.registerbatch"),
    "admin:registry_worker_report": Row(NOBODY, "registry.registerbatch"),
    "admin:registry_worker_export": Row("registry.view_worker"),
    "admin:registry_worker_attend": Row("registry.change_training"),
    "admin:registry_training_year": Row("registry.view_training"),
    "admin:registry_training_people": Row("registry.change_training", "registry.training"),
    "admin:registry_cadre_reveal": Row("registry.view_cadre", "registry.cadre", post=NOBODY),
    "admin:registry_cadre_event": Row("registry.add_lifeevent", "registry.cadre"),
    "admin:registry_cadre_standing": Row("registry.change_cadre", "registry.cadre"),
    # Health, works at home, families of the deceased.
    "admin:ledgers_assessment_due": Row("ledgers.view_assessment"),
    "admin:ledgers_assessment_paper": Row("ledgers.view_assessment", "ledgers.assessment"),
    "admin:ledgers_tieradvice_accept": Row("ledgers.change_caretier"),
    "admin:ledgers_hospitalstay_sheet": Row("ledgers.view_hospitalstay"),
    "admin:ledgers_hospitalstay_discharge": Row("ledgers.change_hospitalstay", "ledgers.hospitalstay"),
    "admin:ledgers_checkup_missing": Row("ledgers.view_checkup", post="ledgers.add_checkup"),
    "admin:ledgers_checkup_sheet": Row("ledgers.view_checkup"),
    "admin:ledgers_medicine_stop": Row("ledgers.change_medicine", "ledgers.medicine"),
    "admin:ledgers_medicine_withdraw": Row("ledgers.change_medicine", "ledgers.medicine"),
    "admin:ledgers_thought_follow": Row("ledgers.change_thought", "ledgers.thought"),
    "admin:ledgers_familyincare_sheet": Row("ledgers.view_familyincare"),
    "admin:ledgers_familyincare_visit": Row("ledgers.change_familyincare", "ledgers.familyincare"),
    "admin:ledgers_familyincare_end": Row("ledgers.change_familyincare", "ledgers.familyincare"),
    "admin:ledgers_familyincare_take-up": Row("ledgers.change_familyincare", "ledgers.familyincare"),
    "admin:ledgers_homeadaptation_sheet": Row("ledgers.view_homeadaptation"),
    "admin:ledgers_homeadaptation_paper": Row("ledgers.view_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_items": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_survey": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_quote": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_works": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_send-back": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_accept": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_ask": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_cancel": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_undo": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_photos": Row("ledgers.change_homeadaptation", "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_photo": Row(NOBODY, "ledgers.homeadaptation"),
    "admin:ledgers_homeadaptation_photo-remove": Row(NOBODY, "ledgers.homeadaptation"),
    **{name: Row(*asked) for name, asked in TREATMENT_PAGES.items()},
    **{name: Row(*asked) for name, asked in SCHOOL_PAGES.items()},
    **{name: Row(*asked) for name, asked in STUDENT_PAGES.items()},
    **{name: Row(*asked) for name, asked in TEAM_PAGES.items()},
    **{name: Row(*asked) for name, asked in DESK_PAGES.items()},
    **{name: Row(*asked) for name, asked in LIFE_PAGES.items()},
    **{name: Row(*asked) for name, asked in AIR_PAGES.items()},
    **{name: Row(*asked) for name, asked in BANK_PAGES.items()},
    **{name: Row(*asked) for name, asked in SHIFT_PAGES.items()},
    **{name: Row(*asked) for name, asked in POST_PAGES.items()},
    **{name: Row(*asked) for name, asked in TALK_PAGES.items()},
    **{name: Row(*asked) for name, asked in DRAW_PAGES.items()},
    **{name: Row(*asked) for name, asked in HELP_PAGES.items()},
    **{name: Row(*asked) for name, asked in PROOF_PAGES.items()},
    **{name: Row(*asked) for name, asked in LIST_PAGES.items()},
    **{name: Row(*asked) for name, asked in FACE_PAGES.items()},
    "admin:ledgers_safetycheck_report": Row("ledgers.record_contact", "ledgers.safetycheck"),
    "admin:ledgers_safetycheck_call-off": Row("ledgers.change_contact", "ledgers.safetycheck"),
    "admin:people_proxygrant_print": Row("people.change_proxygrant", "people.proxygrant"),
    "admin:people_proxygrant_enter": Row("people.change_proxygrant", "people.proxygrant"),
    "admin:people_proxygrant_renew": Row("people.change_proxygrant", "people.proxygrant"),
    "admin:people_proxygrant_end": Row("people.change_proxygrant", "people.proxygrant"),
    "admin:people_proxygrant_account": Row("people.change_proxygrant", "people.proxygrant"),
    "admin:people_proxygrant_proof": Row("people.change_proxygrant", "people.proxygrant"),
    "admin:registry_cadre_account": Row("accounts.change_personalaccount", "registry.cadre"),
    "admin:people_whereabouts_back": Row("people.change_whereabouts", "people.whereabouts"),
    "admin:registry_cadre_household": Row("registry.change_cadre", "registry.cadre"),
    "admin:ledgers_careassignment_carers": Row("ledgers.view_careassignment"),
    "admin:ledgers_careassignment_uncovered": Row("ledgers.view_careassignment", post="ledgers.change_careassignment"),
    "admin:ledgers_careassignment_cards": Row("ledgers.view_careassignment"),
    "admin:ledgers_careassignment_handover": Row("ledgers.change_careassignment", "ledgers.careassignment"),
    "admin:ledgers_careassignment_end": Row("ledgers.change_careassignment", "ledgers.careassignment"),
    **{
        f"admin:ledgers_aftermathcase_{page}": Row("ledgers.change_aftermathcase", "ledgers.aftermathcase")
        for page in ("owner", "add-task", "hand-over", "draft", "paper", "word", "survivor", "close")
    },
    "admin:ledgers_aftermathcase_task": Row("ledgers.change_aftermathcase", "ledgers.aftermathtask"),
    "admin:people_twinpair_find": Row("people.change_twinpair"),
    "admin:people_twinpair_dismiss": Row("people.change_twinpair", "people.twinpair"),
    "admin:people_personmerge_decide": Row("people.view_personmerge", "people.personmerge", post=NOBODY),
    "admin:ledgers_aftermathcase_notice": Row("ledgers.view_aftermathcase", "ledgers.aftermathcase"),
    "admin:ledgers_afterdeathitem_start": Row("ledgers.add_afterdeathitem"),
    "admin:ledgers_aidapplication_act": Row("ledgers.change_aidapplication", "ledgers.aidapplication"),
    "admin:ledgers_aidapplication_print": Row("ledgers.view_aidapplication", "ledgers.aidapplication"),
    "admin:ledgers_aidapplication_file": Row(NOBODY, "ledgers.aidapplication"),
    "admin:ledgers_fundyear_adjust": Row("ledgers.change_fundyear", "ledgers.fundyear"),
    "admin:ledgers_fundyear_summary": Row("ledgers.view_fundyear", "ledgers.fundyear"),
    "admin:ledgers_fundyear_meeting": Row("ledgers.decide_aid", "ledgers.fundyear"),
    "admin:ledgers_fundyear_notice": Row("ledgers.change_aidapplication", "ledgers.fundyear"),
    "admin:ledgers_fundyear_pay": Row("ledgers.change_aidapplication", "ledgers.fundyear"),
    # Meetings, notices and lists of a fund are named by a key of their own, which the world has none of.
    **{
        f"admin:ledgers_fundyear_{page}": Row(NOBODY, "ledgers.fundyear")
        for page in ("meeting_print", "notice_page", "notice_print", "object", "answer", "batch_page", "batch_print")
    },
    "admin:ledgers_inquiry_counts": Row("ledgers.view_inquiry"),
    "admin:ledgers_inquiry_answer": Row("ledgers.change_inquiry", "ledgers.inquiry"),
    "admin:ledgers_inquiry_pass": Row("ledgers.change_inquiry", "ledgers.inquiry"),
    "admin:ledgers_inquiry_close": Row("ledgers.change_inquiry", "ledgers.inquiry"),
    "admin:ledgers_inquiry_print": Row("ledgers.view_inquiry", "ledgers.inquiry"),
    "admin:stand_ins": Row("accounts.view_absence"),
    "admin:accounts_absence_end": Row("accounts.change_absence", "accounts.absence"),
    "admin:birthday_list": Row("ledgers.view_today"),
    "admin:ledgers_duty_waive": Row("ledgers.waive_duty", "ledgers.duty"),
    "admin:birthday_calendar": Row("reminders.view_reminder"),
    "admin:reminder_days": Row("reminders.view_run"),
    "admin:unknown_deliveries": Row("messaging.resolve_delivery", post=NOBODY),
    "admin:batches": Row("messaging.make_batch", post=NOBODY),
    "admin:batch": Row("messaging.make_batch", "messaging.deliverybatch", post=NOBODY),
    "admin:messaging_deliverybatch_print": Row("messaging.make_batch", "messaging.deliverybatch", post=NOBODY),
    "admin:messaging_deliverybatch_enter": Row("messaging.make_batch", "messaging.deliverybatch"),
    "admin:batch_sheet": Row(NOBODY, "messaging.deliverybatch"),
    "admin:batch_download": Row("messaging.make_batch", "messaging.deliverybatch", post=NOBODY),
    "admin:my_channels": Row(ANY_STAFF),
    "admin:person_channels": Row("people.change_person", "registry.cadre"),
    "admin:inbox": Row(ANY_STAFF),
    "admin:registry_unitreport_unit": Row(
        "registry.view_unitreport", "organisation.unit", post="registry.add_unitreport"
    ),
    "admin:registry_unitcheck_print": Row("registry.view_unitcheck", "registry.unitcheck"),
    "admin:registry_unitcheck_print_many": Row("registry.view_unitcheck"),
    "admin:registry_unitcheck_enter": Row(
        "registry.view_unitcheck", "registry.unitcheck", post="registry.change_unitcheck"
    ),
    "admin:registry_deceasedlist_unmatched": Row(NOBODY, "registry.deceasedlist"),
    "admin:registry_unitreport_newcomers": Row("registry.add_cadre", post=NOBODY),
    "admin:registry_importbatch_template": Row("registry.import_roster"),
    "admin:registry_importbatch_answer": Row("registry.import_roster", "registry.importbatch"),
    "admin:registry_importbatch_confirm": Row("registry.import_roster", "registry.importbatch"),
    "admin:registry_importbatch_discard": Row("registry.import_roster", "registry.importbatch"),
    "admin:registry_importbatch_undo": Row("registry.undo_import", "registry.importbatch"),
    "admin:registry_importbatch_report": Row(NOBODY, "registry.importbatch"),
    "admin:registry_importbatch_missing": Row("registry.import_roster", "registry.importbatch"),
    "admin:registry_importbatch_missing_file": Row("registry.import_roster", "registry.importbatch"),
    "portal:branch": Row(PUBLIC),
    "branches:overview": Row(DESK),
    "branches:committee": Row(DESK),
    "branches:contacts": Row(DESK),
    "branches:members_print": Row(DESK),
    "branches:members_export": Row(DESK),
    "branches:committee_print": Row(DESK),
    "branches:committee_export": Row(DESK),
    "branches:inspections": Row(DESK),
    "branches:inspection_answer": Row(DESK, "branches.inspectionfinding"),
    "branches:evaluations": Row(DESK),
    "branches:evaluation": Row(DESK, "branches.evaluation"),
    # That of the world has no items, thus no parts.
    "branches:evaluation_part": Row(NOBODY, "branches.evaluation"),
    "branches:evaluation_story": Row(DESK, "branches.evaluation"),
    "branches:evaluation_submit": Row(DESK, "branches.evaluation"),
    "branches:evaluation_undo": Row(DESK, "branches.evaluation"),
    # For a post in the organisation above; the branch never verifies itself.
    "branches:evaluation_verify": Row(NOBODY, "branches.evaluation"),
    "branches:evaluation_return": Row(NOBODY, "branches.evaluation"),
    "branches:evaluation_file": Row(NOBODY, "branches.evaluation"),
    "branches:evaluation_paper": Row(DESK, "branches.evaluation"),
    "branches:lectures": Row(DESK),
    "branches:lecture_new": Row(DESK),
    "branches:lecture": Row(DESK, "branches.microlecture"),
    "branches:lecture_back": Row(DESK, "branches.microlecture"),
    "portal:branch_choose": Row(DESK, post=NOBODY),
    "branches:draft": Row(DESK),
    "branches:meetings": Row(DESK, post=NOBODY),
    "branches:meeting_new": Row(DESK),
    "branches:meeting_step": Row(DESK),
    "branches:meeting": Row(DESK, "branches.meeting", post=NOBODY),
    "branches:meeting_change": Row(DESK, "branches.meeting"),
    # On the day and by whoever entered it; that of the world is nobody's.
    "branches:meeting_undo": Row(NOBODY, "branches.meeting"),
    "branches:meeting_void": Row(DESK, "branches.meeting"),
    "branches:meeting_restore": Row(DESK, "branches.meeting"),
    "branches:photo_add": Row(DESK, "branches.meeting"),
    "branches:photo": Row(NOBODY, "branches.meeting"),
    "branches:photo_remove": Row(NOBODY, "branches.meeting"),
    "ledgers:desk": Row(DESK, post=NOBODY),
    "ledgers:members": Row(DESK, post=NOBODY),
    "ledgers:member": Row(DESK, "people.person", post=NOBODY),
    "ledgers:visit": Row(DESK, "people.person"),
    "ledgers:aid": Row(DESK, post=NOBODY),
    "ledgers:aid_who": Row(DESK, post=NOBODY),
    "ledgers:aid_step": Row(DESK, "people.person"),
    "ledgers:aid_verify": Row(DESK, "ledgers.aidapplication"),
    # Only what this account entered itself.
    "ledgers:aid_take_back": Row(NOBODY, "ledgers.aidapplication"),
    "ledgers:aid_complete": Row(NOBODY, "ledgers.aidapplication"),
    "ledgers:help": Row(DESK, post=NOBODY),
    "ledgers:help_who": Row(DESK, post=NOBODY),
    "ledgers:help_step": Row(DESK, "people.person"),
    # Only what this account asked for itself.
    "ledgers:help_cancel": Row(NOBODY, "volunteers.servicerequest"),
    "ledgers:report": Row(DESK, post=NOBODY),
    "ledgers:report_about": Row(DESK, "people.person", post=NOBODY),
    "ledgers:report_who": Row(DESK, post=NOBODY),
    "ledgers:report_form": Row(DESK, "people.person"),
    "ledgers:report_death": Row(DESK, "people.person"),
    "ledgers:reports": Row(DESK, post=NOBODY),
    # What one reported oneself: the event of the world is nobody's.
    "ledgers:take_back": Row(NOBODY, "registry.lifeevent"),
    "branches:dues": Row(DESK),
    "branches:dues_month": Row(DESK),
    "branches:dues_member": Row(DESK, "people.person"),
    "branches:dues_change_base": Row(DESK, "people.person"),
    "branches:dues_year": Row(DESK),
    "branches:dues_public": Row(DESK),
    "branches:dues_ledger": Row(DESK),
    "branches:dues_ledger_print": Row(DESK),
    "branches:dues_ledger_export": Row(DESK),
    "branches:dues_totals": Row(DESK),
    "branches:dues_totals_print": Row(DESK),
    "branches:dues_voluntary": Row(DESK),
    "branches:dues_exemptions": Row(DESK),
    "branches:dues_decide": Row(DESK, "branches.duesexemption"),
    "branches:dues_receipt": Row(DESK, "branches.duespayment"),
    "branches:dues_void": Row(DESK, "branches.duespayment"),
    "branches:dues_forward": Row(DESK, "branches.duesgift"),
    "branches:dues_import": Row(DESK),
    "branches:dues_import_template": Row(DESK),
    # The world's file was purged: the page says so, and there is nothing to download.
    "branches:dues_import_batch": Row(DESK, "branches.duesupload"),
    "branches:dues_import_refused": Row(NOBODY, "branches.duesupload"),
    "branches:money": Row(DESK),
    "branches:money_print": Row(DESK),
    "branches:money_export": Row(DESK),
    # Set by the organisation above or staff, not by the branch itself.
    "branches:money_fund": Row(ENTER),
    "branches:money_spend": Row(DESK, "branches.branchfund"),
    "branches:money_void": Row(DESK, "branches.fundentry"),
    "branches:allowances": Row(DESK),
    "branches:allowance": Row(DESK, "branches.allowancelist"),
    "branches:allowance_print": Row(DESK, "branches.allowancelist"),
    "branches:allowance_export": Row(DESK, "branches.allowancelist"),
    "admin:branches_duespayment_overview": Row("branches.view_duespayment"),
    "admin:branches_duespayment_overview_export": Row("branches.view_duespayment"),
    "admin:branches_duespayment_export": Row("branches.view_duespayment"),
    "branches:elsewhere": Row(DESK, post=NOBODY),
    "branches:below": Row(DESK, post=NOBODY),
    "branches:sign_in_sheet": Row(DESK, post=NOBODY),
    "branches:signed_sheet": Row(DESK, "branches.meeting", post=NOBODY),
    "branches:meeting_record": Row(DESK, "branches.meeting", post=NOBODY),
    "branches:deliveries": Row(DESK, post=NOBODY),
    "branches:delivery_new": Row(DESK),
    "branches:delivery_register": Row(DESK, post=NOBODY),
    "branches:delivery": Row(DESK, "branches.homedelivery"),
    "branches:delivery_back": Row(DESK, "branches.homedelivery"),
    "branches:studies": Row(DESK, post=NOBODY),
    "branches:study_new": Row(DESK),
    "branches:study_back": Row(DESK, "branches.studyrecord"),
    "branches:review_home": Row(DESK, post=NOBODY),
    # The year of the world's addresses is none that is reviewed.
    "branches:reviews": Row(NOBODY),
    "branches:review_summary": Row(NOBODY),
    "branches:talks": Row(DESK, post=NOBODY),
    "branches:talk_new": Row(DESK),
    "branches:talk_back": Row(DESK, "branches.talk"),
    "branches:programmes": Row(DESK, post=NOBODY),
    "branches:programme_new": Row(DESK),
    "branches:programme": Row(DESK, "branches.programme"),
    "branches:programme_close": Row(DESK, "branches.programme"),
    "branches:transfers": Row(DESK),
    "branches:transfer_add": Row(DESK),
    "branches:transfer_ledger": Row(DESK),
    "branches:transfer": Row(DESK, "branches.transfer"),
    "branches:transfer_letter": Row(DESK, "branches.transfer"),
    "branches:transfer_step": Row(DESK, "branches.transfer"),
    "branches:move": Row(NOBODY),
    "branches:medal": Row(DESK),
    "branches:medal_delivery": Row(DESK, "branches.medalcandidate"),
    "branches:political_birthdays": Row(DESK),
    "branches:political_birthdays_print": Row(DESK),
    "branches:floating": Row(DESK),
    "branches:stay_add": Row(DESK),
    "branches:floating_print": Row(DESK),
    "branches:floating_export": Row(DESK),
    "branches:stay": Row(DESK, "branches.floatingstay"),
    "branches:stay_end": Row(DESK, "branches.floatingstay"),
    "branches:recruits": Row(DESK),
    "branches:recruit_add": Row(DESK),
    "branches:recruit": Row(DESK, "branches.recruit"),
    "branches:recruit_step": Row(DESK, "branches.recruit"),
    "admin:branches_election_due": Row("branches.view_election"),
    "branches:election": Row(DESK),
    "branches:election_begin": Row(DESK),
    "branches:term_shift_ask": Row(DESK),
    "branches:term_shift": Row(DESK, "branches.termshift"),
    "branches:term_shift_print": Row(DESK, "branches.termshift"),
    "branches:election_candidate": Row(DESK, "branches.candidate"),
    "branches:election_exclusion_drop": Row(DESK, "branches.exclusion"),
    **{
        f"branches:election_{page}": Row(DESK, "branches.election")
        for page in (
            "page",
            "step",
            "reduce",
            "plan",
            "words",
            "cancel",
            "undo",
            "candidate_add",
            "exclusion_add",
            "request",
            "candidates",
            "candidates_sheet",
            "exclusions",
            "exclusions_sheet",
            "quorum",
            "method",
            "ballot",
            "count",
            "count_sheet",
            "report",
            "reply",
        )
    },
    "messaging:sms_receipt": Row(PUBLIC, post=NOBODY),
    "account_login": Row(PUBLIC),
    "account_logout": Row(PUBLIC),
    "account_inactive": Row(PUBLIC),
    "account_reauthenticate": Row(SIGNED_IN),
    "account_change_password": Row(SIGNED_IN),
    "account_lock": Row(SIGNED_IN),
    "account_locked": Row(SIGNED_IN),
    "account_phone": Row(PUBLIC),
    "account_code": Row(PUBLIC),
    "account_who": Row(PUBLIC),
    "account_card": Row(PUBLIC),
    "account_card_digits": Row(PUBLIC),
    "account_devices": Row(SIGNED_IN),
    "account_kept": Row(SIGNED_IN),
    "mfa_choose": Row(SIGNED_IN),
    "mfa_index": Row(SIGNED_IN),
    "mfa_authenticate": Row(PUBLIC),
    "mfa_reauthenticate": Row(SIGNED_IN),
    "mfa_activate_totp": Row(SIGNED_IN),
    "mfa_deactivate_totp": Row(SIGNED_IN),
    "mfa_view_recovery_codes": Row(SIGNED_IN),
    "mfa_generate_recovery_codes": Row(SIGNED_IN),
    "mfa_download_recovery_codes": Row(SIGNED_IN),
    # Old comrades and their families have no role: held in tests/portal/test_me.py. Who has a post goes to his desk.
    "portal:me": Row(DESK),
    **{
        f"portal:me_{page}": Row(NOBODY)
        for page in (
            "who",
            "carer",
            "promises",
            "say",
            "calendar",
            "calendar_file",
            "health",
            "classes",
            "change",
            "change_phone",
            "change_address",
            "take_back",
            "aid",
            "aid_take_back",
            "aid_complete",
            "aid_step",
            "family",
            "grant",
            "looks",
            "farewell",
            "leave",
            "leave_end",
            "survey",
            "works",
        )
    },
    "portal:me_farewell_sheet": Row(NOBODY, "people.person"),
    # Nobody of the world acts for an old comrade: held in tests/portal/test_join.py and test_classes.py.
    "portal:me_join": Row(NOBODY),
    "portal:me_join_step": Row(NOBODY),
    "portal:me_class_merge": Row(NOBODY),
    "portal:me_class_move": Row(NOBODY),
    "portal:me_sign_up": Row(NOBODY),
    "portal:me_sign_up_act": Row(NOBODY),
    "portal:me_ticket": Row(NOBODY),
    "portal:me_ticket_change": Row(NOBODY),
    "portal:me_ticket_withdraw": Row(NOBODY),
    "portal:home": Row(PUBLIC),
    "university:courses": Row(PUBLIC),
    "university:blank_form": Row(PUBLIC),
    "university:class": Row(PUBLIC, "university.classgroup"),
    "university:class_form": Row(PUBLIC, "university.classgroup"),
    "university:join": Row(PUBLIC, "university.classgroup"),
    "university:poster": Row(PUBLIC, "university.classgroup"),
    "university:certificates": Row(PUBLIC),
    "university:works": Row(PUBLIC),
    "university:work_photo": Row(PUBLIC, "university.studentwork"),
    "university:class_timetable": Row(PUBLIC, "university.classgroup"),
    "university:class_feed": Row(PUBLIC, "university.classgroup"),
    "portal:activities": Row(PUBLIC),
    "portal:help": Row(PUBLIC),
    "portal:privacy": Row(PUBLIC),
    "portal:accessibility": Row(PUBLIC),
    "portal:site_map": Row(PUBLIC),
    "portal:display": Row(PUBLIC),
}

# Pages that lead elsewhere by what they are: held in tests/accounts/test_sign_in.py.
DOORS = {
    "account_logout", "account_lock", "account_locked", "account_kept",
    "admin:login", "admin:logout", "admin:password_change", "admin:password_change_done",
    "mfa_authenticate", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip

# Where a stock page asks for something else than its name says.
EXCEPTIONS = {
    **{name: Row(*asked) for name, asked in LIFE_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in AIR_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in BANK_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in SHIFT_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in TALK_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in DRAW_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in HELP_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in PROOF_EXCEPTIONS.items()},
    # Lists and readers of parts of a person lead back to the person's page, which asks for itself.
    "admin:people_phone_changelist": Row("people.view_phone"),
    "admin:people_relative_changelist": Row("people.view_relative"),
    "admin:people_person_changelist": Row("people.view_person"),
    "admin:registry_health_changelist": Row("registry.view_health"),
    # Logs are written by the portal and have no history of their own.
    "admin:common_auditentry_history": Row(NOBODY, "common.auditentry"),
    "admin:common_auditseal_history": Row(NOBODY, "common.auditseal"),
    # Grants and membership are made and ended, never rewritten.
    "admin:accounts_boundcertificate_change": Row(
        "accounts.view_boundcertificate", "accounts.boundcertificate", post=NOBODY
    ),
    "admin:accounts_rolegrant_change": Row("accounts.view_rolegrant", "accounts.rolegrant", post=NOBODY),
    "admin:branches_membership_change": Row("branches.view_membership", "branches.membership", post=NOBODY),
    # Approved at the branch's desk.
    "admin:branches_duesexemption_change": Row("branches.view_duesexemption", "branches.duesexemption", post=NOBODY),
    "admin:branches_post_change": Row("branches.view_post", "branches.post", post=NOBODY),
    # What a branch did is entered at its desk.
    **{
        f"admin:branches_{name}_{page}": row
        for name in ("meeting", "homedelivery", "studyrecord", "review", "talk")
        for page, row in {
            "add": Row(NOBODY),
            "change": Row(f"branches.view_{name}", f"branches.{name}", post=NOBODY),
        }.items()
    },
    # Steps of a transfer, stays and applications are entered at the branch's desk.
    "admin:branches_transfer_change": Row("branches.view_transfer", "branches.transfer", post=NOBODY),
    "admin:branches_floatingstay_add": Row(NOBODY),
    "admin:branches_floatingstay_change": Row("branches.view_floatingstay", "branches.floatingstay", post=NOBODY),
    "admin:branches_recruit_add": Row(NOBODY),
    "admin:branches_recruit_change": Row("branches.view_recruit", "branches.recruit", post=NOBODY),
    # The steps of an election are taken at the desk; staff read the list.
    "admin:branches_election_add": Row(NOBODY),
    "admin:branches_election_change": Row("branches.view_election", "branches.election", post=NOBODY),
    "admin:people_person_change": Row("people.view_person", "people.person", post=NOBODY),
    "admin:people_person_add": Row(NOBODY),
    # A part is added to the person named in the address; without one nobody gets the form.
    "admin:people_phone_add": Row(NOBODY),
    "admin:people_relative_add": Row(NOBODY),
    "admin:registry_health_add": Row(NOBODY),
    "admin:registry_lifeevent_add": Row(NOBODY),
    # A page to read and decide on: sending to it shows it again.
    "admin:registry_lifeevent_change": Row("registry.view_lifeevent", "registry.lifeevent"),
    "admin:registry_health_change": Row("registry.view_health", "registry.health", post="registry.view_health"),
    "admin:registry_health_history": Row("registry.view_health", "registry.health"),
    # Tiers and carers are given to a group on pages of their own; what was recorded is voided, never restored.
    "admin:ledgers_caretier_add": Row(NOBODY),
    "admin:ledgers_caretier_change": Row("ledgers.view_caretier", "ledgers.caretier", post=NOBODY),
    "admin:ledgers_careassignment_add": Row(NOBODY),
    "admin:ledgers_careassignment_change": Row("ledgers.view_careassignment", "ledgers.careassignment", post=NOBODY),
    # Accounts of people are opened from a post or a person; requests come from the door.
    "admin:accounts_personalaccount_add": Row(NOBODY),
    "admin:accounts_callrequest_add": Row(NOBODY),
    # Absences are ended and voided, never rewritten or restored.
    "admin:accounts_absence_change": Row("accounts.view_absence", "accounts.absence", post=NOBODY),
    "admin:accounts_absence_restore": Row("accounts.change_absence", "accounts.absence", post=NOBODY),
    "admin:ledgers_contact_restore": Row("ledgers.change_contact", "ledgers.contact", post=NOBODY),
    "admin:ledgers_contact_add": Row("ledgers.record_contact"),
    # Plans are made from a person's page or for a group, promises for a need; templates are replaced, never edited.
    "admin:ledgers_serviceplan_add": Row(NOBODY),
    "admin:ledgers_measure_add": Row(NOBODY),
    "admin:ledgers_wordtemplate_change": Row("ledgers.view_wordtemplate", "ledgers.wordtemplate", post=NOBODY),
    # Opened by a death, changed by acts of its own.
    "admin:ledgers_aftermathcase_add": Row(NOBODY),
    # Found by keys; a merge is proposed from a pair and decided by acts of its own.
    "admin:people_twinpair_add": Row(NOBODY),
    "admin:people_twinpair_change": Row("people.view_twinpair", "people.twinpair", post="people.add_personmerge"),
    "admin:people_personmerge_add": Row(NOBODY),
    "admin:people_personmerge_change": Row("people.view_personmerge", "people.personmerge", post=NOBODY),
    "admin:ledgers_aftermathcase_change": Row("ledgers.view_aftermathcase", "ledgers.aftermathcase", post=NOBODY),
    # A proposal is decided on its page; a medicine is stopped or emptied, an assessment voided for good.
    "admin:ledgers_tieradvice_add": Row(NOBODY),
    "admin:ledgers_tieradvice_change": Row(
        "ledgers.view_tieradvice", "ledgers.tieradvice", post="ledgers.change_caretier"
    ),
    "admin:ledgers_medicine_change": Row("ledgers.view_medicine", "ledgers.medicine", post=NOBODY),
    "admin:ledgers_assessment_restore": Row("ledgers.change_assessment", "ledgers.assessment", post=NOBODY),
    **{name: Row(*asked) for name, asked in TREATMENT_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in STUDENT_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in POST_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in TEAM_EXCEPTIONS.items()},
    **{name: Row(*asked) for name, asked in DESK_EXCEPTIONS.items()},
    # Checks are raised by calls and ended by reports; periods away are added from a person's page and voided for good.
    "admin:ledgers_safetycheck_add": Row(NOBODY),
    "admin:ledgers_safetycheck_change": Row("ledgers.view_safetycheck", "ledgers.safetycheck", post=NOBODY),
    "admin:people_whereabouts_add": Row(NOBODY),
    # Granted from a person's page, ended and renewed on pages of their own; wishes are asked at /me/.
    "admin:people_proxygrant_add": Row(NOBODY),
    "admin:people_proxygrant_change": Row("people.view_proxygrant", "people.proxygrant", post=NOBODY),
    "admin:people_changerequest_add": Row(NOBODY),
    "admin:people_whereabouts_restore": Row("people.change_whereabouts", "people.whereabouts", post=NOBODY),
    # What was sent is the run's, not the message's.
    "admin:messaging_delivery_changelist": Row("reminders.view_run"),
    "admin:messaging_delivery_change": Row("reminders.view_run", "messaging.delivery", post=NOBODY),
    "admin:messaging_delivery_history": Row("reminders.view_run", "messaging.delivery"),
    # A batch is its own page by state; headings are the portal's, a bureau adds words to them.
    "admin:registry_importbatch_changelist": Row("registry.import_roster"),
    "admin:registry_importbatch_add": Row("registry.import_roster"),
    "admin:registry_importbatch_change": Row("registry.import_roster", "registry.importbatch"),
    "admin:registry_importbatch_history": Row("registry.import_roster", "registry.importbatch"),
    "admin:registry_rostercolumn_add": Row(NOBODY),
    "admin:registry_unitcheck_change": Row("registry.view_unitcheck", "registry.unitcheck", post=NOBODY),
    "admin:registry_deceasedlist_change": Row("registry.view_deceasedlist", "registry.deceasedlist"),
    "admin:ledgers_callsheet_change": Row("ledgers.view_callsheet", "ledgers.callsheet", post=NOBODY),
    # Paper comes from being printed and moves by its own steps.
    "admin:common_paper_add": Row(NOBODY),
    "admin:common_paper_change": Row("common.view_paper", "common.paper", post=NOBODY),
    # The list is of units, and a report is shown on its unit's page: sending to the list needs an act and its unit.
    "admin:registry_unitreport_changelist": Row("registry.view_unitreport", post=NOBODY),
    "admin:registry_unitreport_add": Row(NOBODY),
    "admin:registry_unitreport_change": Row("registry.view_unitreport", "registry.unitreport"),
    # The job of the world is nobody's: only who sees all of them sees it, and not its file.
    "admin:common_job_change": Row("common.view_every_job", "common.job"),
    "admin:common_job_history": Row("common.view_every_job", "common.job"),
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    open_to_all: bool


def walk(resolver: URLResolver, prefix: str = "", namespace: str = "") -> list[Route]:
    found = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += walk(entry, path, f"{entry.namespace}:" if entry.namespace else namespace)
        else:
            is_model = re.fullmatch(r"admin/(\w+)/(\w+)/<path:object_id>/", path)
            name = entry.name or (f"{is_model[1]}_{is_model[2]}_redirect" if is_model else "catch_all")
            found.append(Route(namespace + name, path, not getattr(entry.callback, "login_required", True)))
    return found


ROUTES = walk(get_resolver())


def stock_rows() -> dict[str, Row]:
    rows = {}
    for model in admin.site._registry:
        label, name = model._meta.label_lower, f"admin:{model._meta.app_label}_{model._meta.model_name}"

        def right(act, meta=model._meta):
            return f"{meta.app_label}.{act}_{meta.model_name}"

        rows[f"{name}_changelist"] = Row(right("view"))
        rows[f"{name}_add"] = Row(right("add"))
        rows[f"{name}_change"] = Row(right("view"), label, post=right("change"))
        rows[f"{name}_history"] = Row(right("view"), label)
        rows[f"{name}_delete"] = Row(NOBODY, label)
        rows[f"{name}_redirect"] = Row(ANY_STAFF)
        for act in ("void", "restore"):
            if getattr(admin.site._registry[model], "voidable", False):
                rows[f"{name}_{act}"] = Row(right("change"), label)
    return rows


ROWS = {**stock_rows(), **PAGES, **EXCEPTIONS}


def test_every_route_has_a_row_and_every_row_a_route():
    names = {route.name for route in ROUTES}

    assert sorted(names - set(ROWS)) == []
    assert sorted(set(PAGES) - names) == []


def test_every_registered_model_has_an_object_in_the_world():
    assert {model._meta.label_lower for model in admin.site._registry} <= set(OBJECTS)


def test_public_pages_are_exactly_these():
    """LoginRequiredMiddleware is on: whoever opens a page to all says so here too."""
    open_to_all = {route.name for route in ROUTES if route.open_to_all}

    assert open_to_all == {name for name, row in PAGES.items() if row.needs == PUBLIC}


def test_rights_of_each_role_are_as_reviewed():
    """Changing a role is changing this file: `access_snapshot.json`."""
    snapshot = json.loads((Path(__file__).parent / "access_snapshot.json").read_text(encoding="utf-8"))

    assert {key: sorted(role.permissions) for key, role in ROLES.items()} == snapshot


def test_a_section_head_may_all_that_a_clerk_may():
    """`test_matrix` asks a section head only for what is more."""
    assert ROLES["clerk"].permissions < ROLES["section_head"].permissions


def test_administrators_and_auditors_have_no_right_on_people():
    personal = ("people.", "registry.", "ledgers.", "branches.", "messaging.")
    for role in ("system_admin", "security_admin", "auditor"):
        assert [right for right in ROLES[role].permissions if right.startswith(personal)] == []


@pytest.fixture
def world(settings, monkeypatch, caplog):
    """Without what twenty thousand requests pay for and none of them proves: the test client's copies of every
    context, the log of every refusal with its traceback, sessions in the database, reading who asks anew."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    monkeypatch.setattr("django.contrib.auth.middleware.auth.get_user", remembering(auth.get_user))
    caplog.set_level(logging.CRITICAL, "django.request")
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    settings.SECOND_FACTOR = "optional"
    return build_world()


def remembering(get_user):
    """As `get_user`, asked once for each account. Every request has a copy of its own, with nothing on it but today's
    grants and posts, read by the code that otherwise reads them on every request."""
    known = {}

    def remembered(request):
        key = request.session.get(auth.SESSION_KEY)
        if key is None:
            return get_user(request)
        if key not in known:
            known[key] = get_user(request)
            current_grants(known[key])
            current_posts(known[key])
        return copy.copy(known[key])

    return remembered


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


def rights_of(actor: str) -> set[str]:
    return set(ROLES[actor].permissions) if actor in GRANTED else set()


def is_staff(actor: str) -> bool:
    return actor in GRANTED and ROLES[actor].staff


def may(actor: str, needs: str) -> bool:
    if needs == PUBLIC:
        return True
    if needs == SIGNED_IN:
        return actor not in {"anonymous", "disabled"}
    if needs == ANY_STAFF:
        return is_staff(actor)
    if needs == DESK:
        return actor == "secretary" or (is_staff(actor) and ENTER in rights_of(actor))
    return needs != NOBODY and is_staff(actor) and needs in rights_of(actor)


def at_a_desk(route: Route) -> bool:
    return route.path.startswith("branch/<uuid:organisation>/")


def address(route: Route, key, organisation=None) -> str:
    path = re.sub(r"<slug:kind>", "treatment", route.path).replace("<slug:what>", "admitted")
    path = path.replace("<slug:which>", "form")
    path = path.replace("<slug:act>", "withdraw").replace("<slug:step>", "stop")
    path = path.replace("<slug:form>", "meeting").replace("<slug:screen>", "start")
    path = path.replace("<uuid:organisation>", str(organisation or uuid.UUID(int=MISSING)))
    path = re.sub(r"<uuid:\w+>", str(key if isinstance(key, uuid.UUID) else uuid.UUID(int=MISSING)), path)
    path = re.sub(r"<\w+:\w+>", lambda match: str(key), path)
    path = re.sub(r"\^?\(\?P<app_label>[^)]*\)/\$", "accounts/", path)
    return "/" + re.sub(r"\(\?P<url>.*\)\$", "no/such/page", path)


def is_open(response) -> bool | None:
    """None: the page knows no such method, which says nothing about rights."""
    if response.status_code == 405:
        return None
    if response.status_code == 302:
        return not re.match(r"/(admin/login|account/login|account/inactive)/|/account/phone/\?next=", response.url)
    return response.status_code in {200, 204, 400, 422}


def settled(text: str) -> str:
    """An answer without what differs by request: tokens and the key asked for."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return re.sub(r"\d+", "0", text)


def body(response) -> str:
    content = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")


def plain_refusal(request, status: int, heading: str, sentence: str) -> HttpResponse:
    return HttpResponse(f"{heading} {sentence}", status=status)


@pytest.mark.parametrize("actor", ACTORS)
def test_matrix(world, actor, monkeypatch):
    if actor != "clerk":
        # Most answers are refusals: their page is rendered in full for one actor, its words compared for all.
        monkeypatch.setattr("apps.portal.views.refusal", plain_refusal)
    client, unexpected = client_of(world.actors[actor]), []
    for route in sorted(ROUTES, key=lambda route: route.name):
        if route.name in DOORS:
            continue
        row = ROWS[route.name]
        for method in ("get", "post"):
            needs = row.post if method == "post" and row.post else row.needs
            if actor == "section_head" and may("clerk", needs) == may(actor, needs):
                continue  # may all that a clerk may, over the same people (held below): asked once
            unexpected += check(client, actor, world, route, row, method, may(actor, needs))

    assert "\n".join(unexpected) == ""


def check(client, actor, world, route, row, method, allowed) -> list[str]:
    """Wrong answers of one route, method and actor."""
    send = getattr(client, method)
    if at_a_desk(route):
        return check_desk(send, actor, world, route, row, method, allowed)
    if not row.model:
        return wrong(actor, route, method, "-", send(address(route, 1)), allowed)
    if row.needs == PUBLIC:
        return check_public(send, actor, world, route, row, method)
    own = send(address(route, world.own.objects[row.model].pk))
    found = wrong(actor, route, method, "own", own, allowed)
    if not is_staff(actor):
        return found
    if row.model not in SHARED:
        foreign = send(address(route, world.foreign.objects[row.model].pk))
        found += wrong(actor, route, method, "foreign", foreign, False)
    if not allowed and actor not in COMPARED:
        return found
    missing = send(address(route, MISSING))
    found += wrong(actor, route, method, "missing", missing, False)
    if row.model in SHARED:
        return found
    if answer(foreign) != answer(missing):
        # Asked again: the first answer may have carried a message of the page before.
        foreign = send(address(route, world.foreign.objects[row.model].pk))
        missing = send(address(route, MISSING))
    if answer(foreign) != answer(missing):
        found.append(f"{route.name} {method}: foreign {foreign.status_code} unlike missing {missing.status_code}")
    return found


def check_public(send, actor, world, route, row, method) -> list[str]:
    """A page that anybody may read by the public id of its object, of whatever side, if that was published: it shows
    no canary, and what is not there is not found."""
    found = []
    for side in (world.own, world.foreign):
        response = send(address(route, side.objects[row.model].public_id))
        found += wrong(actor, route, method, "published", response, is_open(response))
    return found + wrong(actor, route, method, "missing", send(address(route, None)), False)


def own_address(route: Route, row: Row, world) -> str:
    if not row.model:
        return address(route, 1, world.own.organisation.public_id)
    found = world.own.objects[row.model]
    return address(route, found.public_id if at_a_desk(route) else found.pk, world.own.organisation.public_id)


def check_desk(send, actor, world, route, row, method, allowed) -> list[str]:
    """One's own desk opens; a desk elsewhere, and somebody of elsewhere at one's own desk, are as if missing."""
    own, foreign = world.own.organisation.public_id, world.foreign.organisation.public_id
    key = world.own.objects[row.model].public_id if row.model else None
    strange = world.foreign.objects[row.model].public_id if row.model else None
    found = wrong(actor, route, method, "own", send(address(route, key, own)), allowed)
    found += wrong(actor, route, method, "foreign desk", send(address(route, strange, foreign)), False)
    found += wrong(actor, route, method, "missing desk", send(address(route, key)), False)
    if row.model:
        found += wrong(actor, route, method, "foreign object", send(address(route, strange, own)), False)
        found += wrong(actor, route, method, "missing object", send(address(route, None, own)), False)
    return found


def answer(response) -> tuple[int, str]:
    return response.status_code, settled(body(response))


def wrong(actor, route, method, whose, response, allowed) -> list[str]:
    found, text = [], body(response)
    if is_open(response) is (not allowed):
        found.append(f"{route.name} {method} {whose}: {response.status_code}, allowed {allowed}")
    if FOREIGN in text or FOREIGN in response.headers.get("Location", ""):
        found.append(f"{route.name} {method} {whose}: shows somebody of another district")
    if OWN in text and (actor in NO_PEOPLE or not is_staff(actor)) and not (actor == "secretary" and at_a_desk(route)):
        found.append(f"{route.name} {method} {whose}: shows personal data")
    return found


def table_sums() -> dict[str, str]:
    with connection.cursor() as cursor:
        names = [
            name
            for name in connection.introspection.table_names(cursor)
            if not name.startswith(("common_audit", "django_"))  # looks are logged; nothing of ours stands in django_
        ]
        sums = {}
        for name in names:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t")
            sums[name] = cursor.fetchone()[0]
    return sums


@pytest.mark.parametrize("actor", ["clerk", "system_admin", "security_admin"])
def test_looking_changes_nothing(world, actor):
    client = client_of(world.actors[actor])
    before = table_sums()
    for route in ROUTES:
        row = ROWS[route.name]
        client.get(own_address(route, row, world))

    assert table_sums() == before


def test_unsafe_requests_without_a_token_are_refused_everywhere(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.actors["clerk"])
    taken = [
        route.name
        for route in ROUTES
        if client.post(address(route, world.own.unit.pk, world.own.organisation.public_id)).status_code
        not in {403, 405}
    ]

    assert taken == []


@pytest.mark.parametrize("actor", ACTORS)
def test_autocomplete_offers_nobody_of_another_district(world, actor):
    client, offered = client_of(world.actors[actor]), []
    for model in admin.site._registry:
        for item in model._meta.fields:
            if not item.remote_field or not admin.site.is_registered(item.remote_field.model):
                continue
            query = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={item.name}"
            for term in ("", "金丝雀"):
                response = client.get(f"/admin/autocomplete/?{query}&term={term}")
                text = json.loads(response.content) if response.status_code == 200 else {}
                if FOREIGN in str(text) or (actor in NO_PEOPLE and OWN in str(text)):
                    offered.append(f"{model._meta.label}.{item.name}")

    assert offered == []
