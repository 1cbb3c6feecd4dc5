"""The commands, a file a family: thin, each reads its arguments, calls one function and prints."""
