"""An SMTP sink: takes mail over a real socket and keeps it in `journal`."""

import email
import email.policy
import socketserver
import threading
import time

from .journal import Journal

MODES = ("ok", "slow", "refuse", "busy", "accepts-then-times-out", "drops-before-text")


class SmtpSink:
    """Context manager. `mode` may be changed while it runs: `refuse` answers 550 to the recipient, `busy` 451 to the
    text, `accepts-then-times-out` keeps the mail and never answers."""

    def __init__(self, *, mode: str = "ok", port: int = 0, delay: float = 1.0, journal: Journal | None = None):
        self.mode, self.delay = mode, delay
        self.journal = journal or Journal()
        self.connections = 0
        self.server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"sink": self}))
        self.port = self.server.server_address[1]

    def __enter__(self) -> "SmtpSink":
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def take(self, recipient: str, text: bytes) -> None:
        message = email.message_from_bytes(text, policy=email.policy.default)
        key = message["Message-ID"].strip("<>").partition("@")[0]
        self.journal.add(key=key, to=recipient, subject=message["Subject"], text=message.get_content())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def handle_error(self, request, client_address) -> None:
        """A sender that was killed leaves its line open: that is what drills are for."""

    daemon_threads = True


class _Handler(socketserver.StreamRequestHandler):
    sink: SmtpSink
    recipient = ""

    def handle(self) -> None:
        self.sink.connections += 1
        self.say("220 sink ready")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                if not self.take_text():
                    return
            elif not self.command(word, line):
                return

    def command(self, word: bytes, line: bytes) -> bool:
        """False when the line is closed."""
        if word == b"RCPT":
            self.recipient = line.decode().partition("<")[2].partition(">")[0]
            self.say("550 no such mailbox" if self.sink.mode == "refuse" else "250 ok")
        elif word == b"QUIT":
            self.say("221 bye")
            return False
        elif word in (b"EHLO", b"HELO", b"MAIL", b"RSET", b"NOOP"):
            self.say("250 ok")
        else:
            self.say("500 unknown")
        return True

    def take_text(self) -> bool:
        if self.sink.mode == "drops-before-text":
            return False
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.sink.mode == "busy":
            self.say("451 try later")
            return True
        if self.sink.mode == "slow":
            time.sleep(self.sink.delay)
        self.sink.take(self.recipient, b"".join(lines))
        if self.sink.mode == "accepts-then-times-out":
            time.sleep(self.sink.delay)
            return False
        self.say("250 taken")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
