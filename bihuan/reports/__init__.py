"""Documents that write themselves: each number in them opens the records behind it."""
