"""The only writers of places. One act is one transaction: persons are locked first, in order of their number, then the
offering; the database decides the last place."""
