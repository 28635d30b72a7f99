"""What the clock does for volunteers."""
