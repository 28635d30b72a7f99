"""Rules of the senior university: pure, dated, one module a subject."""
