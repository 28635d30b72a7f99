"""Reads over the senior university, one module a subject."""
