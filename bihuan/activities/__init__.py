"""What took place: meetings, talks, lectures, visits, as short records.

Defines 活动记录 (`Activity`) and its kinds. `activities.actions.after_change` is the typed
list of callables that are told, inside the transaction, that a record was filed, changed
or withdrawn; the ledger puts its own function there.
"""
