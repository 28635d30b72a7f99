"""Addresses of dues and branch money, below branch/<organisation>/."""

from django.urls import path

from . import dues, dues_import, dues_more, dues_papers, dues_year, money

dues_urls = [
    path("dues/", dues.home, name="dues"),
    path("dues/month/", dues.month, name="dues_month"),
    path("dues/people/<uuid:person>/", dues.member, name="dues_member"),
    path("dues/people/<uuid:person>/base/", dues_year.change_base, name="dues_change_base"),
    path("dues/year/", dues_year.year, name="dues_year"),
    path("dues/year/print/", dues_year.public_list, name="dues_public"),
    path("dues/ledger/", dues_papers.ledger, name="dues_ledger"),
    path("dues/ledger/print/", dues_papers.ledger_print, name="dues_ledger_print"),
    path("dues/ledger/export/", dues_papers.ledger_export, name="dues_ledger_export"),
    path("dues/totals/", dues_papers.totals, name="dues_totals"),
    path("dues/totals/print/", dues_papers.totals_print, name="dues_totals_print"),
    path("dues/voluntary/", dues_more.voluntary, name="dues_voluntary"),
    path("dues/exemptions/", dues_more.exemptions, name="dues_exemptions"),
    path("dues/exemptions/<uuid:exemption>/", dues_more.decide, name="dues_decide"),
    path("dues/payments/<uuid:payment>/receipt/", dues_papers.receipt, name="dues_receipt"),
    path("dues/payments/<uuid:payment>/void/", dues_more.void, name="dues_void"),
    path("dues/payments/<uuid:payment>/forward/", dues_more.forward, name="dues_forward"),
    path("dues/import/", dues_import.upload, name="dues_import"),
    path("dues/import/template/", dues_import.template, name="dues_import_template"),
    path("dues/import/<uuid:batch>/", dues_import.batch, name="dues_import_batch"),
    path("dues/import/<uuid:batch>/refused/", dues_import.refused, name="dues_import_refused"),
]
money_urls = [
    path("money/", money.home, name="money"),
    path("money/print/", money.print_funds, name="money_print"),
    path("money/export/", money.export_funds, name="money_export"),
    path("money/fund/", money.set_fund, name="money_fund"),
    path("money/spend/<uuid:fund>/", money.spend, name="money_spend"),
    path("money/entries/<uuid:entry>/void/", money.void_entry, name="money_void"),
    path("money/allowances/", money.allowances, name="allowances"),
    path("money/allowances/<uuid:sheet>/", money.allowance, name="allowance"),
    path("money/allowances/<uuid:sheet>/print/", money.allowance_print, name="allowance_print"),
    path("money/allowances/<uuid:sheet>/export/", money.allowance_export, name="allowance_export"),
]
