"""Pages of the workbench that belong to the branch itself; mounted at branch/<organisation>/."""

from django.urls import path

from .views import floating, moves, recruits, transfers

app_name = "branches"
urlpatterns = [
    # Transfers, floating members, 发展党员
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
