"""The life socket: rooms above plug handlers that act inside a life event's transaction (design 2, socket 2).

A handler is `handler(event, undo: bool) -> None`. On `undo` it reopens exactly the rows whose `closed_by_event` is
the event. Handlers run in the order of plugging, and in reverse on undo.
"""

from collections.abc import Callable

handlers: list[Callable] = []
