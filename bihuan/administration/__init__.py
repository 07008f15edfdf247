"""The screens of the administrators (三员): what was done and read; who holds which role.

Owns no table: entries belong to `audit`, grants to `access`, accounts to `accounts`. The three
administrators hold no business rights, so what a record says is not told here.
"""
