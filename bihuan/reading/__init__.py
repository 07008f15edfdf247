"""Reading a written plan: from the text of a document to clauses and proposed duties.

Pure Python over strings, without Django and without a model that has to be trained. The words
this package defines: a *clause* is one numbered passage (条目), a *duty* here is a proposal that a
person accepts, corrects or refuses, *text* is the normalised text all offsets count in.
`bihuan.reading.reader.read_plan` is the way in.
"""
