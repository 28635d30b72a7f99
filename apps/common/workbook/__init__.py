"""Reading of spreadsheets that strangers upload, and writing of those we hand out.

`read` never parses in the caller's process: a child with memory and CPU limits does, and hands back plain
values. `writer` holds the other direction (imported on its own, because it pulls in XlsxWriter).
"""

from .limits import Limits
from .reading import read
from .sheet import FileRefused, Sheet, column_letters

__all__ = ["FileRefused", "Limits", "Sheet", "column_letters", "read"]
