"""HMAC-SHA256 over time and body, for requests to the gateway and receipts from it; and as group robots ask it."""

import base64
import hashlib
import hmac

TIME_HEADER = "X-Timestamp"
SIGNATURE_HEADER = "X-Signature"
MOST_SECONDS_APART = 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex digest of `timestamp`, a line feed and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, given: str, *, now: float) -> bool:
    """Whether `given` is right and at most five minutes old. An empty secret signs nothing."""
    if not secret or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    expected = signature(secret, timestamp, body).encode()
    return abs(now - int(timestamp)) <= MOST_SECONDS_APART and hmac.compare_digest(
        expected, given.encode("utf-8", "replace")
    )


def robot_sign(secret: str, milliseconds: str) -> str:
    """As robots of DingTalk's family (浙政钉) take it in the address: base64 of HMAC-SHA256 over the time in
    milliseconds, a line feed and the secret, keyed by the secret."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
