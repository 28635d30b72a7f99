"""A draw as a ceremony: list frozen, number drawn in public, drawn, published. Each step once (rule book 9.15–9.18).

Every step locks the round and asks its state again, so that two clicks and two clerks are one; the database refuses a
second number (trigger `keep_draw`). A step that was cut off left nothing and is done again.
"""

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.signups import drawing
from apps.signups.choices import RoundState, SignUpState
from apps.signups.models import Places, Round, SignUp

from .draw_list import list_of, offerings_of
from .draw_seats import lock_winners, seat
from .draw_weights import weigh

SECRET_BYTES = 32
MOST_DIGITS = 20


@transaction.atomic
def freeze(round: Round, *, actor, now: dt.datetime) -> Round:
    """封存: after the window, weigh the tickets, write the list and commit to a secret. From then on nothing of the
    list changes. Done again it changes nothing. See rule book 9.15."""
    round = _locked(round)
    if round.state == RoundState.FROZEN:
        return round
    if round.state != RoundState.COLLECTING:
        raise BusinessError(f"这一批{round.get_state_display()}，不能再封存名单。")
    if now < round.closes_at:
        raise BusinessError(f"{timezone.localtime(round.closes_at):%m月%d日%H:%M}截止报名，过后才能封存名单。")
    if round.draws_at is None or not round.draws_where:
        raise BusinessError("请先填写抽签的时间和地点，大家好来看。")
    _lock_places(round)
    weigh(round, on=timezone.localdate(now))
    found = list_of(round, now)
    if not found.entries or not found.places:
        raise BusinessError("这一批没有班级或没有人报名，不用抽签。", code="empty")
    data, secret = drawing.list_bytes(found), secrets.token_hex(SECRET_BYTES)
    round.list_file = _store(round, data, "list", actor)
    round.list_hash, round.secret, round.secret_hash = drawing.sha256(data), secret, drawing.sha256(secret)
    round.state, round.frozen_at = RoundState.FROZEN, now
    _save(round, "draw.freeze", actor, "list_file", "list_hash", "secret", "secret_hash", "state", "frozen_at")
    return round


@transaction.atomic
def reopen(round: Round, *, reason: str, actor, now: dt.datetime) -> Round:
    """Set a frozen list aside while no number was drawn; the public page goes on showing its hash, and why. Another
    list gets another secret. See rule book 9.15."""
    round = _locked(round)
    if round.state != RoundState.FROZEN or round.public_number:
        raise BusinessError("只有封存以后、抽号码以前，才能作废名单。")
    reason = _reason(reason)
    _remark(round, f"{_moment(round.frozen_at)}封存的名单作废（校验值 {round.list_hash}）：{reason}")
    round.list_file, round.list_hash, round.secret, round.secret_hash = None, "", "", ""
    round.state, round.frozen_at = RoundState.COLLECTING, None
    fields = ("list_file", "list_hash", "secret", "secret_hash", "state", "frozen_at", "remarks")
    _save(round, "draw.reopen", actor, *fields)
    return round


@transaction.atomic
def draw(round: Round, *, number: str, witnesses: str, actor, now: dt.datetime) -> Round:
    """The draw from the frozen file, with the number drawn in public. Nobody gets a place yet. The same number again
    changes nothing; another one is refused. See rule book 9.16."""
    round = _locked(round)
    number = checked_number(number)
    if round.public_number and round.public_number != number:
        raise BusinessError(f"现场抽取的数已经登记为 {round.public_number}，不能换。", field="number")
    if round.state in (RoundState.DRAWN, RoundState.PUBLISHED):
        return round
    if round.state != RoundState.FROZEN:
        raise BusinessError("请先封存名单，再抽签。")
    witnesses = " ".join((witnesses or round.witnesses).split())
    if not witnesses:
        raise BusinessError("请写上见证人的姓名，如学员代表两位、工作人员一位。", field="witnesses")
    data = read_list_file(round)
    result = drawing.result_bytes(drawing.read_list(data), round.list_hash, round.secret, number)
    round.public_number, round.witnesses = number, witnesses[:200]
    round.seed = drawing.seed_of(round.list_hash, round.secret, number)
    round.result_file, round.state, round.drawn_at = _store(round, result, "result", actor), RoundState.DRAWN, now
    _save(round, "draw.draw", actor, "public_number", "witnesses", "seed", "result_file", "state", "drawn_at")
    return round


@transaction.atomic
def undo_draw(round: Round, *, reason: str, actor, now: dt.datetime) -> Round:
    """Take back a result that is not published. The number stands, so that drawing again gives the same."""
    round = _locked(round)
    if round.state != RoundState.DRAWN:
        raise BusinessError("只有抽签以后、公布以前，才能撤回结果；已公布的结果不能改。")
    _remark(round, f"{_moment(now)}撤回还没有公布的结果（现场抽取的数 {round.public_number} 不变）：{_reason(reason)}")
    round.state, round.seed, round.result_file, round.drawn_at = RoundState.FROZEN, "", None, None
    _save(round, "draw.undo", actor, "state", "seed", "result_file", "drawn_at", "remarks")
    return round


@transaction.atomic
def publish(round: Round, *, actor, now: dt.datetime) -> Round:
    """Give the places and rank those who wait; then it stands. Done again it changes nothing. Everybody is told within
    minutes by `draw_telling`. See rule book 9.18."""
    known = Round.objects.get(pk=round.pk)
    if known.state == RoundState.PUBLISHED:
        return known
    if known.state != RoundState.DRAWN:
        raise BusinessError("还没有抽签，不能公布。")
    _, drawn = drawing.read_result(read_result_file(known))
    lock_winners(known, drawn)
    round = _locked(known)
    if round.state == RoundState.PUBLISHED:
        return round
    if round.state != RoundState.DRAWN:
        raise BusinessError("抽签结果刚被撤回，请重新打开这一页。")
    seat(round, drawn, now=now)
    round.state, round.published_at = RoundState.PUBLISHED, now
    _save(round, "draw.publish", actor, "state", "published_at")
    return round


@transaction.atomic
def cancel_round(round: Round, *, reason: str, actor, now: dt.datetime) -> Round:
    """No draw takes place: all sign-ups of its tickets end. Not after publication."""
    round = _locked(round)
    if round.state == RoundState.CANCELLED:
        return round
    if round.state == RoundState.PUBLISHED:
        raise BusinessError("结果已经公布，不能取消。")
    reason = _reason(reason)
    rows = SignUp.objects.filter(ticket__round=round, state=SignUpState.APPLIED)
    rows.update(state=SignUpState.CANCELLED, ended_at=now, end_reason=f"抽签取消：{reason}"[:200])
    _remark(round, f"{_moment(now)}取消：{reason}")
    round.state = RoundState.CANCELLED
    _save(round, "draw.cancel", actor, "state", "remarks")
    return round


def checked_number(number: str) -> str:
    """The digits as drawn, leading zeros kept. BusinessError for anything else."""
    text = "".join(number.split())
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BusinessError("现场抽取的数只填阿拉伯数字，1 到 20 位，开头的 0 也要填。", field="number")
    return text


def read_list_file(round: Round) -> bytes:
    """The frozen list, byte for byte. BusinessError if it is not what was published."""
    if round.list_file is None:
        raise BusinessError("名单还没有封存。", code="not_frozen")
    data = attachments.read(round.list_file)
    if drawing.sha256(data) != round.list_hash:
        raise BusinessError("封存的名单文件与公布的校验值对不上，不能抽签。请立即报告负责人。", code="tampered")
    return data


def read_result_file(round: Round) -> bytes:
    if round.result_file is None:
        raise BusinessError("还没有抽签结果。", code="not_drawn")
    return attachments.read(round.result_file)


def _locked(round: Round) -> Round:
    """FOR UPDATE, which waits for those who are just applying."""
    return Round.objects.select_for_update(of=("self",)).select_related("unit").get(pk=round.pk)


def _lock_places(round: Round) -> None:
    ids = [one.pk for one in offerings_of(round)]
    list(Places.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _store(round: Round, data: bytes, purpose: str, actor):
    return attachments.store(
        data, subject=f"signups.round:{round.pk}", purpose=f"draw.{purpose}", filename=f"{purpose}.txt",
        content_type="text/plain; charset=utf-8", actor=actor, keep_days=None,
    )  # fmt: skip


def _save(round: Round, action: str, actor, *fields: str) -> None:
    round.save(update_fields=fields)
    audit.record(
        action, actor=actor, fields=[name for name in fields if name != "secret"], target=f"signups.round:{round.pk}"
    )


def _remark(round: Round, sentence: str) -> None:
    round.remarks = f"{round.remarks}\n{sentence}".strip()


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise BusinessError("请写原因，会公开。", field="reason")
    return reason[:200]


def _moment(moment: dt.datetime | None) -> str:
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"
