"""The register of numbers (口径): each has a name, a definition and the records behind it.

An app declares its numbers in its `measures.py`; they are found when Django starts, as the
admin's are. Reports, assessment and dashboards read the register and nothing else, so a new
feature shows up in all of them by declaring itself once.
"""
