"""What follows from the facts alone: the text of packs, spans of time, burdens. No database."""
