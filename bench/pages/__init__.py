"""How fast the screens are on a loaded demonstration; nothing of the product imports this."""
