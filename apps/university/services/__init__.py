"""Every write of the senior university that means something, one module a subject."""
