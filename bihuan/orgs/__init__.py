"""Organisations and people, and how both were on any day.

`after_change` in `orgs.actions.changes` is the typed list of callables through which a lower
floor tells a higher one that the tree, a membership or a post has changed.
"""
