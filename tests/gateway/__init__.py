"""The other side of the outbox, small but over real sockets: an SMS gateway, an SMTP sink and a group robot.

Used by tests and drills, and by hand: `python -m tests.gateway --help`.
"""

from .journal import Journal
from .mail import SmtpSink
from .robot import GroupRobot
from .sms import SmsGatewayServer

__all__ = ["GroupRobot", "Journal", "SmsGatewayServer", "SmtpSink"]
