"""The one family of refusals that a user reads."""


class BusinessError(Exception):
    """A rule says no. `sentence` is Chinese and says what is wrong and what to do; `field` names the form field."""

    def __init__(self, sentence: str, *, code: str = "refused", field: str | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.field = field


class StaleVersion(BusinessError):
    """Somebody saved the same record meanwhile; the form shows both versions."""

    def __init__(self) -> None:
        super().__init__("这条记录刚被别人改过。请核对两边的内容再保存，您填的没有丢。", code="stale_version")
