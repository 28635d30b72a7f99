"""E-mail by SMTP. It knows no send key: once the text is on its way, an interrupted attempt stays unknown."""

import smtplib
from email.message import EmailMessage
from email.utils import formatdate

from apps.messaging.choices import Outcome

from .base import Answer, Attempt

PERMANENT = 500


class SmtpSender:
    """One connection, opened at the first attempt and again after any trouble."""

    def __init__(
        self, host: str, port: int, *, timeout: int, user: str, password: str, use_tls: bool, from_address: str
    ):
        self.host, self.port, self.timeout = host, port, timeout
        self.user, self.password, self.use_tls = user, password, use_tls
        self.from_address = from_address
        self.server: smtplib.SMTP | None = None

    def __enter__(self) -> "SmtpSender":
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def send(self, payload: dict, key: str) -> Attempt:
        message = self._message(payload, key)
        for reused in (self.server is not None, False):
            try:
                self._prepare(payload["to"])
                break
            except smtplib.SMTPRecipientsRefused as error:
                self._close()
                return _refusal(error.recipients[payload["to"]][0])
            except OSError:  # all of smtplib's exceptions are; a wrong password is ours to mend, not the message's end
                self._close()
                if not reused:
                    return Attempt(Answer.NOT_TAKEN, Outcome.UNREACHABLE)
        return self._hand_over(message)

    def _prepare(self, address: str) -> None:
        """Everything before the text: whatever fails here, nothing was taken."""
        if self.server is None:
            self.server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            if self.use_tls:
                self.server.starttls()
            if self.user:
                self.server.login(self.user, self.password)
            self.server.ehlo_or_helo_if_needed()
        code, answer = self.server.mail(self.from_address)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, answer, self.from_address)
        code, answer = self.server.rcpt(address)
        if code not in (250, 251):
            raise smtplib.SMTPRecipientsRefused({address: (code, answer)})

    def _hand_over(self, message: EmailMessage) -> Attempt:
        try:
            code, answer = self.server.data(message.as_bytes())
        except smtplib.SMTPDataError as error:  # DATA itself was not allowed
            self._close()
            return _refusal(error.smtp_code)
        except OSError:
            self._close()
            return Attempt(Answer.AMBIGUOUS, Outcome.NO_ANSWER)
        if code != 250:
            self._close()
            return _refusal(code)
        return Attempt(Answer.ACCEPTED, Outcome.ACCEPTED, answer.decode("ascii", "replace")[:80])

    def _message(self, payload: dict, key: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.from_address
        message["To"] = payload["to"]
        message["Subject"] = payload["subject"]
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = f"<{key}@{self.from_address.rpartition('@')[2] or 'localhost'}>"
        message.set_content(payload["text"], cte="base64")
        return message

    def _close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None


def _refusal(code: int) -> Attempt:
    if code >= PERMANENT:
        return Attempt(Answer.REFUSED, Outcome.REFUSED)
    return Attempt(Answer.NOT_TAKEN, Outcome.BUSY)
