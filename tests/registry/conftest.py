"""The admin of cadres as it stands in the portal, or its base where the rooms above have not registered theirs."""

from django.contrib import admin

from apps.registry.admin import CadreAdminBase
from apps.registry.models import Cadre

if not admin.site.is_registered(Cadre):
    admin.site.register(Cadre, CadreAdminBase)
