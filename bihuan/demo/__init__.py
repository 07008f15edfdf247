"""A believable committee to look at: deterministic, seeded, all names invented."""
