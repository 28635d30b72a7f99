"""A shift on paper with its code, and closed in one grid."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils import timezone

from apps.common.admin_pages import posted
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.signups.choices import OfferingState
from apps.volunteers.forms.closing_grid import CloseGrid
from apps.volunteers.qr import qr_image
from apps.volunteers.queries.sign_codes import code_of
from apps.volunteers.queries.turns import turns_of
from apps.volunteers.rules.times import day_words, span_words

EMPTY_LINES = 5  # for those who come without having asked


class ShiftPages:
    """Mixed into ShiftAdmin."""

    def sheet_view(self, request, pk: int):
        """签到表, A4: names, room to sign, and the code that a telephone scans on the day."""
        obj = self.viewable(request, pk)
        turns = list(turns_of(obj))
        self.look(request, [row.volunteer_id for row in turns], obj, "print")
        columns = ["序号", "姓名", "签到（时间）", "签退（时间）", "签名"]
        rows = [[number, row.volunteer.person.name, "", "", ""] for number, row in enumerate(turns, 1)]
        rows += [[len(turns) + number, "", "", "", ""] for number in range(1, EMPTY_LINES + 1)]
        frame = frame_for(
            request, f"{self.what(obj)}签到表", order="姓名拼音", columns=len(columns), signature="队长签名",
            scope=f"{obj.team}　{day_words(obj.on)}{span_words(obj.starts, obj.ends)}　{obj.place}",
            back_url=self.url_of("change", obj),
        )  # fmt: skip
        live = obj.offering.state == OfferingState.OPEN and not obj.voided_at
        code = qr_image(self.public_url(request, "sign_shift", code_of(obj))) if live else ""
        context = {"frame": frame, "columns": columns, "rows": rows, "code": code, "shift": obj}
        return self.page(request, "print/volunteers/shift_sheet.html", context)

    def close_view(self, request, pk: int):
        """Who came and how long, in one grid; saved whole, with the confirmation of the hours."""
        obj = self.changeable_object(request, str(pk))
        grid = CloseGrid(obj, posted(request))
        if request.method == "POST" and grid.is_valid():
            try:
                closed = grid.close(actor=request.user, now=timezone.now())
            except BusinessError as refusal:
                grid.refuse(refusal)
            else:
                messages.success(request, grid.done_words(closed))
                return HttpResponseRedirect(self.url_of("change", obj))
        self.look(request, [turn.volunteer_id for turn in grid.turns], obj)
        context = {
            "title": f"登记到岗和时长：{self.title_of(obj)}", "original": obj, "grid": grid,
            "back": self.url_of("change", obj), "list_url": self.list_url(),
        }  # fmt: skip
        return self.page(request, "admin/volunteers/close.html", context, status=422 if grid.has_errors else 200)
