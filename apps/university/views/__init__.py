"""The public side of the senior university."""
