"""One line as it was known on the as-of date: its periods, flows, balances, value."""
