"""Tables of figures from outside: strictly read, every mistake named by its place."""
