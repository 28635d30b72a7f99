"""Presses the last button of the form for many people at once, each with his own session, over real sockets.

    python -m benchmarks.enrol_clients <address> <clients> <jobs.json> [<patience in seconds>]

A job is [path, session, token]. With patience, what was not answered is sent again under the same key until it is,
as a browser does that asks again after a lost connection. Prints seconds, latencies and what was answered.
"""

import http.client
import json
import queue
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

TAKEN = 302


class Client(threading.Thread):
    def __init__(self, address: str, jobs: queue.SimpleQueue, patience: float):
        super().__init__(daemon=True)
        self.host = urlsplit(address).netloc
        self.jobs, self.patience = jobs, patience
        self.connection: http.client.HTTPConnection | None = None
        self.spent: list[float] = []
        self.answers: Counter[str] = Counter()
        self.taken: list[str] = []

    def run(self) -> None:
        while True:
            try:
                job = self.jobs.get_nowait()
            except queue.Empty:
                return
            started = time.perf_counter()
            answer = self.press(job)
            self.spent.append(time.perf_counter() - started)
            self.answers[answer] += 1

    def press(self, job: list[str]) -> str:
        until = time.monotonic() + self.patience
        while True:
            try:
                status, place = self.send(job)
                if status == TAKEN:
                    self.taken.append(job[0])
                    return "taken" if "/sign" in place or place.startswith("/me/") else place
                if status < 500 or time.monotonic() > until:
                    return str(status)
            except (OSError, http.client.HTTPException):
                self.connection = None
                if time.monotonic() > until:
                    return "lost"
            self.answers["sent again"] += 1
            time.sleep(0.1)

    def send(self, job: list[str]) -> tuple[int, str]:
        path, session, token = job
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.connection.request("POST", path, urlencode({"csrfmiddlewaretoken": token}), headers)
        response = self.connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location") or ""


def main(address: str, clients: str, path: str, patience: str = "0") -> None:
    with open(path, encoding="utf-8") as jobs_file:
        listed = json.load(jobs_file)
    jobs: queue.SimpleQueue = queue.SimpleQueue()
    for job in listed:
        jobs.put(job)
    running = [Client(address, jobs, float(patience)) for _ in range(int(clients))]
    started = time.perf_counter()
    for client in running:
        client.start()
    for client in running:
        client.join()
    seconds = time.perf_counter() - started
    spent = sorted(one for client in running for one in client.spent)
    answers: Counter[str] = Counter()
    for client in running:
        answers += client.answers
    found = {
        "seconds": seconds, "answers": answers, "p50": spent[len(spent) // 2], "p95": spent[len(spent) * 95 // 100],
        "taken": [one for client in running for one in client.taken],
    }  # fmt: skip
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
