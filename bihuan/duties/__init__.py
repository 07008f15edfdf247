"""What is owed: plans and packs, their clauses, the duties they make, and exemptions.

`duties.actions` keeps three typed lists of callables that are told, inside the
transaction, of a change: `after_duties`, `after_exemption`, `after_completion`.
"""
