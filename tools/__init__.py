"""What `make` runs. Everything here but the translation tools needs the standard library alone."""
