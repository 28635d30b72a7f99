"""Names of the acts on teams, volunteers, their service and the time bank."""

VOLUNTEERS: dict[str, str] = {
    "record.confirm": "确认志愿时长",
    "record.correct": "更正服务时间",
    "record.make": "登记服务记录",
    "record.refuse": "服务记录未通过",
    "record.void": "作废服务记录",
    "shift.cancel": "取消班次",
    "shift.change": "修改班次",
    "shift.create": "新增班次",
    "turn.bring": "到场的人加进班次",
    "turn.in": "志愿服务签到",
    "turn.mark": "登记没有到岗",
    "turn.out": "志愿服务签退",
}
