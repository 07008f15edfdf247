"""The screens over organisations and people: the tree, an organisation's page, operations.

Owns no table: what changes the tree, a membership or a post is `orgs.actions`. An operation is
shown before it is carried out (`actions.foresee`): what moves along, which duties come and go,
whose rights change.
"""
