"""Reading of spreadsheets that strangers upload, and writing of those we hand out.

`read` never parses in the caller's process: a child with memory and CPU limits does, and hands back plain
values. `writer` holds the other direction (imported on its own, because it pulls in XlsxWriter).
"""

from .bundle import pack_files, shown_name
from .limits import Limits
from .reading import Upload, read, read_upload
from .sheet import FileRefused, Sheet, column_letters

__all__ = [
    "FileRefused",
    "Limits",
    "Sheet",
    "Upload",
    "column_letters",
    "pack_files",
    "read",
    "read_upload",
    "shown_name",
]
