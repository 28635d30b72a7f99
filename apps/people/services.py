"""Writes about persons: names with their keys, citizen ids, phones, relatives, addresses; and the logged look at what
is masked.

Changing an encrypted field leaves an audit entry that names the field; “unchanged” is decided by the blind index or
the clear value, never by ciphertext (design 3).
"""

import datetime
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.common import audit, crypto
from apps.common.citizen_id import CitizenId, CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.names import name_keys, normalise_name
from apps.common.phone import parse_phone
from apps.common.voiding import check_reason

from .choices import PhoneKind
from .models import Person, Phone, Relative

CLEAR = "清空"
REVEALS_PER_HOUR = 30
REVEALED_TOO_OFTEN = f"一小时内最多查看 {REVEALS_PER_HOUR} 次完整内容，您已经用完。过一会儿再看，急用请找科长。"


@dataclass(frozen=True)
class IdCheck:
    """What a typed citizen id came to: `number` is None when it is to be erased, `warnings` need a reason."""

    number: CitizenId | None
    warnings: tuple[str, ...] = ()


def tidy_name(text: str, *, field: str = "name") -> str:
    """The name as stored; refuses control characters and the like as an error of `field`."""
    try:
        return normalise_name(text)
    except ValueError as error:
        raise BusinessError(str(error), code="name", field=field) from error


def apply_name(person: Person, reading: str = "") -> None:
    """Tidy name and former name, and all keys derived from them.

    `reading` is the person's own pinyin, a syllable a character (shan4 tian2 fang1). Without one the keys of an
    unchanged name stay as they are, so that a reading given once is not lost.
    """
    person.name = tidy_name(person.name)
    # A new row that was given no former name still holds the database's default.
    former = person.former_name if isinstance(person.former_name, str) else ""
    person.former_name = tidy_name(former, field="former_name") if former else ""
    keys = name_keys(person.name, person.former_name, reading)
    person.search_grams = list(keys.grams)
    known = Person.objects.filter(pk=person.pk).values_list("name", flat=True).first() if person.pk else None
    if known == person.name and person.name_sort_key and not reading:
        return
    for column, key in (
        ("name_pinyin", keys.pinyin),
        ("name_initials", keys.initials),
        ("name_sort_key", keys.sort_key),
        ("name_stroke_key", keys.stroke_key),
    ):
        setattr(person, column, key)


def check_citizen_id(
    text: str, *, birth_date=None, sex: str = "", on: datetime.date | None = None, besides: int | None = None
) -> IdCheck:
    """Read a typed citizen id. Refuses a wrong one, one with 15 digits that somebody must compare, and a number that
    another person has; warns where birth or sex differ from the file."""
    if text.strip() == CLEAR:
        return IdCheck(None)
    try:
        found = parse_citizen_id(text, on=on or timezone.localdate())
    except CitizenIdError as error:
        raise BusinessError(error.sentence, code=f"citizen_id_{error.code}", field="citizen_id") from error
    twins = Person.objects.filter(
        citizen_id_index=crypto.blind_index("citizen_id", found.number), voided_at__isnull=True
    ).exclude(pk=besides or 0)
    if twins.exists():
        raise BusinessError(
            "这个身份证号已经登记在另一位老同志名下。请用完整号码在“找人”里查一下；同一个人登记了两份的，到“可能重复的人”里合并。",
            code="duplicate",
            field="citizen_id",
        )
    warnings = list(found.warnings)
    if birth_date and birth_date.compare_to(found.birth) not in (0, None):
        warnings.append(f"档案出生日期 {birth_date.display()} 与身份证上的 {found.birth:%Y年%-m月%-d日} 不同。")
    if sex in ("1", "2") and sex != found.sex:
        warnings.append("性别与身份证号不符。")
    return IdCheck(found, tuple(warnings))


def apply_citizen_id(person: Person, check: IdCheck) -> None:
    """Ciphertext and both blind indexes, together."""
    if check.number is None:
        person.citizen_id, person.citizen_id_index, person.citizen_id_last4 = "", None, None
        person.citizen_id_historic = False
        return
    number = check.number.number
    person.citizen_id = number
    person.citizen_id_index = crypto.blind_index("citizen_id", number)
    person.citizen_id_last4 = crypto.blind_index("citizen_id_last4", number[-4:])
    person.citizen_id_historic = check.number.from_15


def apply_sealed(row, values: dict[str, str]) -> list[str]:
    """Typed values of encrypted fields: empty leaves as is, 清空 erases. Returns the names of those that changed."""
    changed = []
    for name, text in values.items():
        text = text.strip()
        if not text:
            continue
        value = "" if text == CLEAR else text
        if value != (getattr(row, name) or ""):
            setattr(row, name, value)
            changed.append(name)
    return changed


def possible_twins(name: str, birth_date, *, besides: int | None = None) -> list[Person]:
    """People of the same name whose birth does not contradict: at most five, for somebody to look at."""
    rows = Person.objects.filter(name=name, voided_at__isnull=True).exclude(pk=besides or 0).order_by("pk")[:50]
    same = [
        row
        for row in rows
        if not (birth_date and row.birth_date)
        or (row.birth_date.first_day <= birth_date.last_day and birth_date.first_day <= row.birth_date.last_day)
    ]
    return same[:5]


@transaction.atomic
def save_phone(phone: Phone, text: str, *, actor, request=None) -> tuple[str, ...]:
    """Store a phone, `text` empty keeping its number; returns warnings. A number that he has already is refused."""
    warnings: tuple[str, ...] = ()
    changed = ["phone"]
    if text.strip():
        try:
            found = parse_phone(text)
        except ValueError as error:
            raise BusinessError(str(error), code="phone", field="typed_number") from error
        warnings = found.warnings
        digits = found.digits
        phone.kind = PhoneKind.MOBILE if found.kind == "mobile" else PhoneKind.LANDLINE
        phone.number = digits + (f"转{found.extension}" if found.extension else "")
        phone.number_index = crypto.blind_index("phone", digits)
        phone.last4_index = crypto.blind_index("phone_last4", digits[-4:])
        changed.append("phone_number")
    elif phone.pk is None:
        raise BusinessError("请填写电话号码。", code="phone", field="typed_number")
    if Phone.objects.filter(person_id=phone.person_id, number_index=phone.number_index).exclude(pk=phone.pk).exists():
        raise BusinessError("这个号码已经登记在他名下。", code="duplicate", field="typed_number")
    phone.save()
    _note_change(phone.person_id, changed, actor, request)
    return warnings


@transaction.atomic
def remove_phone(phone: Phone, *, actor, request=None) -> None:
    """Take a number off a person. Phones are parts, not records: the audit entry remains."""
    _note_change(phone.person_id, ["phone_removed"], actor, request)
    phone.delete()


@transaction.atomic
def save_relative(relative: Relative, phone_text: str, *, actor, request=None) -> tuple[str, ...]:
    """Store a contact person; `phone_text` empty keeps the number, 清空 erases it. The one emergency mark moves here
    from whoever had it."""
    relative.name = tidy_name(relative.name)
    warnings: tuple[str, ...] = ()
    text = phone_text.strip()
    if text == CLEAR:
        relative.phone, relative.phone_index = "", None
    elif text:
        try:
            found = parse_phone(text)
        except ValueError as error:
            raise BusinessError(str(error), code="phone", field="typed_phone") from error
        warnings = found.warnings
        relative.phone = found.digits
        relative.phone_index = crypto.blind_index("phone", found.digits)
    if relative.is_emergency and relative.voided_at is None:
        Relative.objects.filter(person_id=relative.person_id, is_emergency=True).exclude(pk=relative.pk).update(
            is_emergency=False
        )
    relative.save()
    _note_change(relative.person_id, ["relative", *(["relative_phone"] if text else [])], actor, request)
    return warnings


def save_person(
    person: Person, *, sealed: dict[str, str], check: IdCheck | None = None, reading: str = ""
) -> list[str]:
    """Store a person with keys and encrypted fields; returns the names of encrypted fields that changed.

    Must run in the caller's transaction; a number taken meanwhile by somebody else becomes a refusal.
    """
    apply_name(person, reading)
    changed = apply_sealed(person, sealed)
    if check is not None:
        apply_citizen_id(person, check)
        changed.append("citizen_id")
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        if "person_citizen_id_unique" not in str(error):
            raise
        raise BusinessError("这个身份证号刚刚登记在另一位老同志名下。", code="duplicate", field="citizen_id") from error
    return changed


def reveal(*, people: list[int], fields: list[str], reason: str, actor, request=None) -> None:
    """Log that `actor` is about to see masked fields in full, or refuse: no reason, or 30 looks within the hour.

    The entry is committed when this returns; only then may the value be read and shown.
    """
    reason = check_reason(reason)
    with transaction.atomic(durable=True):
        get_user_model().objects.select_for_update(of=("self",)).only("pk").get(pk=actor.pk)
        recent = AuditEntry.objects.filter(
            actor_id=actor.pk, action="reveal", at__gt=Now() - datetime.timedelta(hours=1)
        ).count()
        if recent >= REVEALS_PER_HOUR:
            audit.record("reveal.refused", actor=actor, people=people, fields=fields, request=request)
            refused = True
        else:
            audit.record("reveal", actor=actor, people=people, fields=fields, reason=reason, request=request)
            refused = False
    if refused:
        raise BusinessError(REVEALED_TOO_OFTEN, code="too_often")


def _note_change(person_id: int, fields: list[str], actor, request) -> None:
    audit.record(
        "change", actor=actor, people=[person_id], fields=fields, target=f"people.person:{person_id}", request=request
    )
