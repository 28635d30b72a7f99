"""A grid of many lines is written whole or not at all; what is wrong is said at its line."""

from collections.abc import Mapping

from apps.common.errors import BusinessError


class LineRefusals(BusinessError):
    """`lines`: key of the line → the sentence that is shown there. Nothing was written."""

    def __init__(self, lines: Mapping[int, str]):
        super().__init__(f"有 {len(lines)} 行要改，改好再保存。没有保存的内容都还在。", code="lines")
        self.lines = dict(lines)
