"""Pages of the workbench."""

__all__ = [

]  # fmt: skip
