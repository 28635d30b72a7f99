"""What an attempt to send can tell."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Answer(Enum):
    """ACCEPTED: the other side took it. REFUSED: it never will. NOT_TAKEN: it surely was not taken, try later.
    AMBIGUOUS: it may have been taken; only a known key makes a repeat safe."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_TAKEN = "not_taken"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Attempt:
    """`outcome` is a code of `messaging.Outcome`; `gateway_id` the other side's own number."""

    answer: Answer
    outcome: str
    gateway_id: str = ""


class Sender(Protocol):
    def __enter__(self) -> "Sender": ...

    def __exit__(self, *exception: object) -> None: ...

    def send(self, payload: dict, key: str) -> Attempt:
        """One attempt. Network errors become an Attempt. ValueError, raised before anything has left, says that this
        address or text cannot be used; anything else is a fault of ours."""
