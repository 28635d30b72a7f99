"""The work of the clock: planning what is due, handing it to the outbox, and the tick that does both."""
