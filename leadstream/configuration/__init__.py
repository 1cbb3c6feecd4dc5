"""The configuration file, a section a file: what may be written, and what is wrong with it."""
