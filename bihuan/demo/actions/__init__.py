"""Fills an empty installation. Bulk writes, because a province has 130,000 people; the ledger
is then computed from the records as after any large import."""
