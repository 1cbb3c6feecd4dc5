"""Real servers for the tests: each module starts one, on a free port or socket, in a directory of its own."""
