from django.contrib.auth.backends import BaseBackend


class PostBackend(BaseBackend):
    """Rights of a branch secretary or committee member while the post is current."""

    def authenticate(self, request, **credentials):
        return None
