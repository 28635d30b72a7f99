"""Parts of the portal that are not there when a page needs them: said in words, not as an error of the portal."""

import logging

from redis import RedisError

from apps.common.attachments import FileGone

from .views import refusal

log = logging.getLogger(__name__)


class OutageMiddleware:
    """A file that is gone is 410; without Valkey, what counts or remembers there is 503 until it is back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, FileGone):
            log.warning("file gone at %s", request.path)
            return refusal(
                request, 410, "这份文件已经不在了", "可能已按保留期清除。还需要的话，请联系办理的人重新上传或重新生成。"
            )
        if isinstance(error, RedisError):
            log.error("no Valkey at %s: %s", request.path, type(error).__name__)
            return refusal(
                request,
                503,
                "系统有一部分暂时不通",
                "不是您操作错了，这一步没有办成。请过几分钟再试，急事请打电话。",
            )
        return None
