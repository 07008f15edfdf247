"""The furniture of every screen: doors, pages, base templates, components."""
