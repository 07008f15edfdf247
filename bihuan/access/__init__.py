"""Who may do what where: permissions, roles, grants, reach.

A permission is a word, not an import, so this floor can name the wishes of the features
above it. Screens fetch with `access.queries.within_reach` and with nothing else.
"""
