"""The ledger's engine beside the usual ways to compute the same table.

One run builds seeded data, loads it into the product's own tables and into scratch databases of
the peers, times each in a process of its own and checks that all results are equal.
"""
