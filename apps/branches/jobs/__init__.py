"""What the clock owes to branches."""

__all__ = [

]  # fmt: skip
