"""The desk (工作台): what do I need to do, for each kind of person; and who has read about me."""
