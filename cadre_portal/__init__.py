"""Settings, root URLs, Celery app and launcher. Imports nothing: the launcher runs before anything is installed."""
