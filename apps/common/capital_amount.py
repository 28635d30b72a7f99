"""An amount of money in capital characters (大写), as receipts and payment lists ask for it."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capital_amount(amount: Decimal) -> str:
    """An amount of yuan from 0 up, to the cent: 21.51 → 贰拾壹元伍角壹分, 1005 → 壹仟零伍元整.

    Source: 《支付结算办法》附件“正确填写票据和结算凭证的基本规定”。 Raises ValueError below 0 and from 10^16 up.
    """
    cents = int((amount / CENT).quantize(Decimal(1), ROUND_HALF_UP))
    if not 0 <= cents < 10**18:
        raise ValueError(f"no capital words for {amount}")
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{whole or '零元'}整"
    parts = f"{DIGITS[jiao]}角" if jiao else ("零" if yuan else "")
    return whole + parts + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    """A whole number in capital characters; empty for 0."""
    words, gap, place = "", False, 0
    while number:
        number, group = divmod(number, 10_000)
        if group:
            part = _group(group) + GROUPS[place]
            words = part + ("零" if gap and words else "") + words
            gap = group < 1000
        elif words:
            gap = True
        place += 1
    return words


def _group(number: int) -> str:
    """Four digits; a run of zeros inside is one 零, zeros at the end are none."""
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return words
