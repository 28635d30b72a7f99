"""A robot of a working group, as 企业微信, 政务微信, 浙政钉 and 粤政易 have them: JSON in, `errcode` out."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from apps.messaging.channels.signing import SIGNATURE_HEADER, TIME_HEADER, is_signed, robot_sign

from .journal import Journal

MODES = ("ok", "too-often", "refuse", "system-busy", "5xx", "accepts-then-times-out")
ERRORS = {"too-often": 45009, "refuse": 93000, "system-busy": -1}


class GroupRobot:
    """Context manager. `sign`: none, query or header, checked with `secret`; what the group reads is in `journal`."""

    def __init__(self, *, sign: str = "none", secret: str = "robot-secret", mode: str = "ok", delay: float = 1.5):
        self.sign, self.secret, self.mode, self.delay = sign, secret, mode, delay
        self.journal = Journal()
        self.refused_signatures = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"robot": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/cgi-bin/webhook/send?key=of-the-group"

    def __enter__(self) -> "GroupRobot":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def is_signed(self, query: dict[str, list[str]], headers, body: bytes) -> bool:
        if self.sign == "query":
            moment, sign = query.get("timestamp", [""])[0], query.get("sign", [""])[0]
            fresh = moment.isdecimal() and abs(time.time() * 1000 - int(moment)) < 3_600_000
            return fresh and sign == robot_sign(self.secret, moment)
        if self.sign == "header":
            return is_signed(
                self.secret, headers.get(TIME_HEADER, ""), body, headers.get(SIGNATURE_HEADER, ""), now=time.time()
            )
        return True


class _Handler(BaseHTTPRequestHandler):
    robot: GroupRobot
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        robot = self.robot
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = parse_qs(urlsplit(self.path).query)
        if not robot.is_signed(query, self.headers, body):
            robot.refused_signatures += 1
            self.answer(200, {"errcode": 310000, "errmsg": "sign not match"})
        elif query.get("key") != ["of-the-group"]:
            self.answer(404, {})
        elif robot.mode == "5xx":
            self.answer(500, {})
        elif robot.mode in ERRORS:
            self.answer(200, {"errcode": ERRORS[robot.mode], "errmsg": robot.mode})
        else:
            robot.journal.add(**json.loads(body))
            if robot.mode == "accepts-then-times-out":
                time.sleep(robot.delay)
                self.close_connection = True
                return
            self.answer(200, {"errcode": 0, "errmsg": "ok"})

    def answer(self, status: int, words: dict) -> None:
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""
