"""Messages about branches: counted lines, no names (design 4)."""

from apps.messaging.rules import Template, register_template

TRANSFER_WAITS = "transfer.waits"
TRANSFER_BACK = "transfer.back"
TRANSFER_SLOW = "transfer.slow"
TRANSFER_EXPIRING = "transfer.expiring"
TRANSFER_EXPIRED = "transfer.expired"
RECRUIT_FULL = "recruit.full"

for _key, _label in (
    (TRANSFER_WAITS, "组织关系转接待办"),
    (TRANSFER_BACK, "组织关系转接被退回"),
    (TRANSFER_SLOW, "组织关系转接等了多日"),
    (TRANSFER_EXPIRING, "介绍信快到期"),
    (TRANSFER_EXPIRED, "介绍信逾期"),
):
    register_template(Template(key=_key, label=_label, unit="件"))
register_template(Template(key=RECRUIT_FULL, label="预备党员快到转正时间", unit="位"))
