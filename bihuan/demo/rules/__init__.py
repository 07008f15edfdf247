"""Invented names and words, drawn from a seeded source: the same seed, the same world."""
