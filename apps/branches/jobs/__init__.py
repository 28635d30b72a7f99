"""What the clock owes to branches."""
