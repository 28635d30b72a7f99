import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings.production")
application = get_wsgi_application()
# Pages are imported before workers are born, so that one that takes the place of a dead worker answers at once.
get_resolver().url_patterns  # noqa: B018
