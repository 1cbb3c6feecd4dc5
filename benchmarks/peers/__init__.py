"""Other matchers on our prepared fields. Each module here runs in the peers' own environment."""
