"""Claims of book and claim applied to the lines of a package, and LETS that were booked split from its lots."""
