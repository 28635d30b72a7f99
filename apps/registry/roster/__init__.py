"""Roster in: a bureau's own spreadsheet becomes people of the registry (design 4A).

Read downward: `columns` (what a column may be) → `layout` (where header and data are) → `readers` (one cell) →
`checking` (one row, and rows against each other) are pure. `known` asks the database once for everything.
`difference` compares a row with the person it is about. `staging` puts these together into what a clerk previews;
`applying` writes it in one transaction; `undoing` takes it back; `reports` gives the refused rows to the clerk.
In the order of rooms this package stands between `queries` and `jobs`.
"""
