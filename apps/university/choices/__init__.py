"""The words of the senior university, one module a subject."""
