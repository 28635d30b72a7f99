"""The staff side of the senior university in the stock admin."""
