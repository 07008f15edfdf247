"""The gate through which every uploaded document comes in.

`gate.read_document` is the one entrance. Everything a stranger's file is parsed with runs in
a child process (`child`) that is short of memory, time, files and network; the rest of the
product sees text, or a `FileRefused` with a sentence for the person.
"""
