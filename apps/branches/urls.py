"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/. One list a subject."""

from django.urls import path

from .views import (
    below,
    deliveries,
    drafts,
    floating,
    inspections,
    life_papers,
    medals,
    meeting_extras,
    meeting_steps,
    meetings,
    moves,
    organisation,
    recruits,
    reviews,
    transfers,
)
from .views.dues_urls import dues_urls, money_urls
from .views.election_urls import election_urls
from .views.evaluation_urls import evaluation_urls

ORGANISATION = [
    path("about/", organisation.overview, name="overview"),
    path("committee/", organisation.committee, name="committee"),
    path("contacts/", organisation.looked_after, name="contacts"),
    path("members/print/", organisation.print_roster, {"kind": "members"}, name="members_print"),
    path("members/export/", organisation.export_roster, {"kind": "members"}, name="members_export"),
    path("committee/print/", organisation.print_roster, {"kind": "committee"}, name="committee_print"),
    path("committee/export/", organisation.export_roster, {"kind": "committee"}, name="committee_export"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/<uuid:finding>/", inspections.answer, name="inspection_answer"),
]
RECORDING = [
    path("draft/<slug:form>/", drafts.draft, name="draft"),
    path("meetings/new/", meeting_steps.meeting_new, name="meeting_new"),
    path("meetings/new/<slug:screen>/", meeting_steps.meeting_step, name="meeting_step"),
    path("meetings/<uuid:meeting>/change/<slug:screen>/", meeting_steps.meeting_change, name="meeting_change"),
    path("meetings/<uuid:meeting>/undo/", meeting_extras.meeting_undo, name="meeting_undo"),
    path("meetings/<uuid:meeting>/photos/", meeting_extras.photo_add, name="photo_add"),
    path("meetings/<uuid:meeting>/photos/<uuid:photo>/", meeting_extras.photo, name="photo"),
    path("meetings/<uuid:meeting>/photos/<uuid:photo>/remove/", meeting_extras.photo_remove, name="photo_remove"),
]
LIFE = [
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/elsewhere/", meetings.elsewhere_list, name="elsewhere"),
    path("meetings/below/", below.below, name="below"),
    path("meetings/sign-in/", life_papers.sign_in_sheet, name="sign_in_sheet"),
    path("meetings/<uuid:meeting>/", meetings.meeting_page, name="meeting"),
    path("meetings/<uuid:meeting>/void/", meetings.meeting_void, name="meeting_void"),
    path("meetings/<uuid:meeting>/restore/", meetings.meeting_restore, name="meeting_restore"),
    path("meetings/<uuid:meeting>/signed/", life_papers.signed_sheet, name="signed_sheet"),
    path("meetings/<uuid:meeting>/record/", life_papers.meeting_record, name="meeting_record"),
    path("deliveries/", deliveries.delivery_list, name="deliveries"),
    path("deliveries/new/", deliveries.delivery_record, name="delivery_new"),
    path("deliveries/register/", life_papers.delivery_register, name="delivery_register"),
    path("deliveries/<uuid:delivery>/", deliveries.delivery_record, name="delivery"),
    path("deliveries/<uuid:delivery>/back/", deliveries.delivery_back, name="delivery_back"),
    path("studies/", deliveries.study_list, name="studies"),
    path("studies/new/", deliveries.study_record, name="study_new"),
    path("studies/<uuid:study>/back/", deliveries.study_back, name="study_back"),
    path("reviews/", reviews.review_home, name="review_home"),
    path("reviews/<int:year>/", reviews.review_year, name="reviews"),
    path("reviews/<int:year>/summary/", life_papers.review_summary, name="review_summary"),
    path("talks/", reviews.talk_list, name="talks"),
    path("talks/new/", reviews.talk_record, name="talk_new"),
    path("talks/<uuid:talk>/back/", reviews.talk_back, name="talk_back"),
    path("programmes/", reviews.programme_list, name="programmes"),
    path("programmes/new/", reviews.programme_edit, name="programme_new"),
    path("programmes/<uuid:programme>/", reviews.programme_edit, name="programme"),
    path("programmes/<uuid:programme>/close/", reviews.programme_close, name="programme_close"),
]
MOVES = [
    path("transfers/", transfers.transfer_list, name="transfers"),
    path("transfers/new/", transfers.transfer_add, name="transfer_add"),
    path("transfers/ledger/", transfers.transfer_ledger, name="transfer_ledger"),
    path("transfers/<uuid:transfer>/", transfers.transfer_page, name="transfer"),
    path("transfers/<uuid:transfer>/letter/", transfers.transfer_letter, name="transfer_letter"),
    path("transfers/<uuid:transfer>/<slug:act>/", transfers.transfer_step, name="transfer_step"),
    path("moves/<slug:source>/<slug:decision>/", moves.move, name="move"),
    path("floating/", floating.stay_list, name="floating"),
    path("floating/new/", floating.stay_add, name="stay_add"),
    path("floating/print/", floating.stay_print, name="floating_print"),
    path("floating/export/", floating.stay_export, name="floating_export"),
    path("floating/<uuid:stay>/", floating.stay_change, name="stay"),
    path("floating/<uuid:stay>/end/", floating.stay_end, name="stay_end"),
    path("recruits/", recruits.recruit_list, name="recruits"),
    path("recruits/new/", recruits.recruit_add, name="recruit_add"),
    path("recruits/<uuid:recruit>/", recruits.recruit_page, name="recruit"),
    path("recruits/<uuid:recruit>/<slug:step>/", recruits.recruit_step, name="recruit_step"),
]
PARTY_AGE = [
    path("medal/", medals.medal, name="medal"),
    path("medal/<uuid:candidate>/", medals.delivery, name="medal_delivery"),
    path("political-birthdays/", medals.birthdays, name="political_birthdays"),
    path("political-birthdays/print/", medals.birthdays_print, name="political_birthdays_print"),
]
app_name = "branches"
urlpatterns = [
    *ORGANISATION,
    *RECORDING,
    *LIFE,
    *MOVES,
    *PARTY_AGE,
    *election_urls,
    *evaluation_urls,
    *dues_urls,
    *money_urls,
]
