"""`/me/`: the pages of an old comrade, and of those of his family who may act for him."""
