"""Comparisons, one field a file: each gives the levels that were met, with their bits, for a lead and what an entity knows."""
