"""Names of the acts on teams, volunteers, their service and the time bank."""

VOLUNTEERS: dict[str, str] = {
    "team.change": "改志愿服务队",
    "team.close": "解散志愿服务队",
    "team.create": "新建志愿服务队",
    "team.hand_over": "换志愿服务队队长",
    "team.member": "登记志愿服务队队员",
    "team.member_end": "队员退出志愿服务队",
    "volunteer.change": "改志愿者资料",
    "volunteer.leave": "志愿者退出",
    "volunteer.register": "登记志愿者",
    "volunteer.statement": "登记志愿者书面材料",
}
