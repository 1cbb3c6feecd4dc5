"""Real parts for tests: each file here finds, starts and stops one of them."""
