"""The marking words in force: the shipped ones and what the bureau added or switched off in two code lists."""

from .code_lists import codes_by_name
from .errors import BusinessError
from .secrecy import Words, find_marks, sentence_for

NOTICES, PLAIN = "secrecy_notice", "secrecy_plain"


def current_words() -> Words:
    """From the code lists 内部标志 and 不算密级标志的词; kept in memory until somebody edits them."""
    return Words(notices=_names(NOTICES), plain=_names(PLAIN))


def _names(code_list: str) -> tuple[str, ...]:
    known = codes_by_name(code_list)
    codes = set(known.values())
    return tuple(sorted(name for name in known if name and name not in codes))


def refuse_marks(text: str, *, field: str | None = None) -> None:
    """For texts that reach a service without a form; raises BusinessError with the sentence."""
    marks = find_marks(text, current_words()) if text else ()
    if marks:
        raise BusinessError(sentence_for(marks), code="secrecy", field=field)
