"""The life socket: rooms above plug handlers that act inside a life event's transaction (design 2, socket 2).

A handler is `handler(event, undo: bool)`. On `undo` it reopens exactly the rows whose `closed_by_event` is the event,
and returns a sentence for each that it could not open again (a seat that was filled meanwhile): staff see them with
the event until somebody has seen to it. Handlers run in the order of plugging, and in reverse on undo.
"""

from collections.abc import Callable

handlers: list[Callable] = []
