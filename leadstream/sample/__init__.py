"""Sample leads from all three doors, and the run that shows them."""
