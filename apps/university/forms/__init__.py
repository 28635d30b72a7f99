"""Forms of the senior university, one module a subject."""
