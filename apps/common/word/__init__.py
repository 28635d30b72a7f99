"""Papers laid out in Word by the bureau itself: templates of others, rendered by a child under limits (ADR 17)."""
