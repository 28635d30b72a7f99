"""A generic HTTP SMS gateway. What a phone would ring for is in `journal`; `requests` counts every knock."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from apps.messaging.channels.signing import SIGNATURE_HEADER, TIME_HEADER, is_signed, signature

from .journal import Journal

MODES = ("ok", "slow", "5xx", "busy", "refuse", "accepts-then-times-out", "duplicate-receipts", "mix")
TROUBLES = ("ok", "ok", "ok", "ok", "5xx", "busy", "accepts-then-times-out")


class SmsGatewayServer:
    """Context manager. `mode` may be changed while it runs; with `trouble_once` each key meets it only the first time.

    `honours_keys`: a repeated key is answered as before and rings no phone again. `delay`: seconds that `slow` takes
    and that `accepts-then-times-out` holds the line. Receipts go to `receipt_url`, signed with `secret`.
    """

    def __init__(
        self,
        *,
        mode: str = "ok",
        port: int = 0,
        secret: str = "gateway-secret",
        honours_keys: bool = True,
        delay: float = 1.0,
        trouble_once: bool = False,
        receipt_url: str = "",
        journal: Journal | None = None,
        seed: int = 7,
    ):
        self.mode, self.secret, self.delay = mode, secret, delay
        self.honours_keys, self.trouble_once = honours_keys, trouble_once
        self.receipt_url = receipt_url
        self.journal = journal or Journal()
        self.known = {entry["key"]: entry["id"] for entry in self.journal.entries if "id" in entry}
        self.requests: Counter[str] = Counter()
        self.refused_signatures = 0
        self.receipts_answered: list[int] = []
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"gateway": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send"

    def __enter__(self) -> "SmsGatewayServer":
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def trouble_for(self, key: str) -> str:
        """The mode this knock meets."""
        with self.lock:
            self.requests[key] += 1
            if self.trouble_once and self.requests[key] > 1:
                return "ok"
            return self.random.choice(TROUBLES) if self.mode == "mix" else self.mode

    def take(self, message: dict) -> str:
        """The gateway's number for the message; rings the phone unless the key is known and honoured."""
        with self.lock:
            key = message["key"]
            if self.honours_keys and key in self.known:
                return self.known[key]
            number = f"g{len(self.known) + 1}-{self.requests[key]}"
            self.known[key] = number
        self.journal.add(id=number, key=key, phone=message["phone"], text=message["text"])
        return number

    def send_receipts(self, message: dict, number: str, times: int) -> None:
        for _ in range(times):
            receipt = {"key": message["key"], "id": number, "status": "delivered"}
            self.receipts_answered.append(self.send_receipt(receipt))

    def send_receipt(self, receipt: dict) -> int:
        """Status that the portal answers."""
        body = json.dumps(receipt).encode()
        timestamp = str(int(time.time()))
        headers = {TIME_HEADER: timestamp, SIGNATURE_HEADER: signature(self.secret, timestamp, body)}
        parts = urlsplit(self.receipt_url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        try:
            connection.request("POST", parts.path, body, {"Content-Type": "application/json", **headers})
            return connection.getresponse().status
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request, client_address) -> None:
        """A sender that was killed leaves its line open: that is what drills are for."""


class _Handler(BaseHTTPRequestHandler):
    gateway: SmsGatewayServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        signed = is_signed(
            self.gateway.secret,
            self.headers.get(TIME_HEADER, ""),
            body,
            self.headers.get(SIGNATURE_HEADER, ""),
            now=time.time(),
        )
        if not signed:
            self.gateway.refused_signatures += 1
            return self.answer(401, {"error": "signature"})
        message = json.loads(body)
        return self.meet(self.gateway.trouble_for(message["key"]), message)

    def meet(self, trouble: str, message: dict) -> None:
        if trouble == "5xx":
            return self.answer(500, {"error": "internal"})
        if trouble == "busy":
            return self.answer(503, {"error": "busy"})
        if trouble == "refuse":
            return self.answer(400, {"error": "number"})
        if trouble == "slow":
            time.sleep(self.gateway.delay)
        number = self.gateway.take(message)
        if trouble == "accepts-then-times-out":
            time.sleep(self.gateway.delay)
            self.close_connection = True
            return None
        self.answer(200, {"id": number})
        if trouble == "duplicate-receipts":
            threading.Thread(target=self.gateway.send_receipts, args=(message, number, 2), daemon=True).start()
        return None

    def answer(self, status: int, values: dict) -> None:
        body = json.dumps(values).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments) -> None:
        """Quiet: the journal tells."""
