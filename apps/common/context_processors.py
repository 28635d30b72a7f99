from django.conf import settings


def portal(request) -> dict:
    return {"portal": settings.PORTAL, "demo": settings.DEMO}
