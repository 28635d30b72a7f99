"""Finding people by words in what they can do (rule book 10.6). Pure."""

from apps.common.names import search_form


def text_grams(text: str) -> list[str]:
    """The letters and the pairs of letters of a text, folded as names are: what an index holds of it. See rule book
    10.6."""
    folded = _letters(text)
    return sorted({*folded, *_pairs(folded)})


def asked_grams(text: str) -> list[str]:
    """What the grams of every text that has these words contain; empty for no words."""
    folded = _letters(text)
    return [folded] if len(folded) == 1 else sorted(set(_pairs(folded)))


def _letters(text: str) -> str:
    return "".join(letter for letter in search_form(text) if letter.isalnum())


def _pairs(folded: str) -> list[str]:
    return [folded[place : place + 2] for place in range(len(folded) - 1)]
