"""Pages of the secretary's workbench that need the ledger."""
