"""Names of the acts on teams, volunteers, their service and the time bank."""

VOLUNTEERS: dict[str, str] = {
    "bank.account": "开时间账户",
    "bank.hold": "预留时间",
    "bank.open": "开办时间银行",
    "bank.release": "退回预留的时间",
}
