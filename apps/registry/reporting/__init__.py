"""Keeping the registry true through the units: monthly reports, yearly checks, lists of deceased."""
