"""Run both by hand:  python -m tests.gateway --mode ok --sms-port 8801 --smtp-port 8025 --journal /tmp/sent.jsonl"""

import argparse
import sys
import time
from pathlib import Path

from .journal import Journal
from .mail import MODES as MAIL_MODES
from .mail import SmtpSink
from .sms import MODES, SmsGatewayServer


def main() -> None:
    parser = argparse.ArgumentParser(description="SMS gateway and SMTP sink for trying the outbox by hand.")
    parser.add_argument("--mode", choices=MODES, default="ok")
    parser.add_argument("--mail-mode", choices=MAIL_MODES, default="ok")
    parser.add_argument("--sms-port", type=int, default=8801)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--secret", default="gateway-secret")
    parser.add_argument("--no-keys", action="store_true", help="a gateway that does not know send keys")
    parser.add_argument("--delay", type=float, default=1.0)
    parser.add_argument("--receipt-url", default="")
    parser.add_argument("--journal", type=Path)
    given = parser.parse_args()
    journal = Journal(given.journal)
    gateway = SmsGatewayServer(
        mode=given.mode, port=given.sms_port, secret=given.secret, honours_keys=not given.no_keys, delay=given.delay,
        receipt_url=given.receipt_url, journal=journal,
    )  # fmt: skip
    with gateway, SmtpSink(mode=given.mail_mode, port=given.smtp_port, delay=given.delay, journal=journal):
        sys.stdout.write(f"SMS_GATEWAY_URL={gateway.url} SMS_GATEWAY_SECRET={given.secret}\n")
        sys.stdout.write(f"EMAIL_HOST=127.0.0.1 EMAIL_PORT={given.smtp_port}\n")
        sys.stdout.flush()
        shown = 0
        while True:
            for entry in journal.entries[shown:]:
                sys.stdout.write(f"{entry.get('phone') or entry.get('to')}  {entry['text']}\n")
                shown += 1
            sys.stdout.flush()
            time.sleep(0.3)


if __name__ == "__main__":
    main()
