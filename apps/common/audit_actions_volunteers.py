"""Names of the acts on teams, volunteers, their service and the time bank."""

VOLUNTEERS: dict[str, str] = {}
