"""The meaning of the ledger in values and NumPy arrays. No Django in here."""
