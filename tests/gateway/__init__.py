"""The other side of the outbox, small but over real sockets: an SMS gateway and an SMTP sink.

Used by tests and drills, and by hand: `python -m tests.gateway --help`.
"""

from .journal import Journal
from .mail import SmtpSink
from .sms import SmsGatewayServer

__all__ = ["Journal", "SmsGatewayServer", "SmtpSink"]
