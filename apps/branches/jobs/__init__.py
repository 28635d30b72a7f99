"""Work of branches that the clock or the bell does."""
