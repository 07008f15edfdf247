"""Who did and who read what: an append-only chain of entries.

The lowest floor with a table: everybody writes to it and it needs nobody, so an entry holds
labels and numbers and no foreign keys. It blocks nothing and loses nothing. Who somebody is
on a day, a higher floor knows: `access` puts its answer into `actions.role_finders`.
"""
