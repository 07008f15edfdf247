"""Small pure helpers that every floor above may use."""
