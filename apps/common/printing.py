"""What every printed page carries: the heading with its order, the code, who printed it and when (issue: Paper)."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from .models import Paper


@dataclass(frozen=True, kw_only=True)
class PrintFrame:
    """Filled into templates/print/base.html as `frame`.

    `order` names the order of the list (domain 0), `scope` what was selected. `stamp` leaves room for
    （盖章） 年 月 日, `signature` labels the line for a hand-written name. `recall`: personal data, collected again
    after use. `landscape`: A4 on its side. `columns` of the list, for the line that repeats on each page. `number_as`
    labels a button that posts to the page: the paper gets its code then, never by being looked at.
    """

    title: str
    printed_by: str
    printed_at: dt.datetime
    code: str = ""
    order: str = ""
    scope: str = ""
    landscape: bool = False
    stamp: bool = False
    signature: str = ""
    recall: bool = True
    back_url: str = ""
    columns: int = 1
    number_as: str = ""


def frame_for(request, title: str, *, paper: Paper | None = None, **more) -> PrintFrame:
    """The frame of a page printed now by who asks for it; the code is the paper's."""
    return PrintFrame(
        title=title,
        printed_by=str(request.user),
        printed_at=timezone.now(),
        code=paper.code if paper else "",
        **more,
    )
