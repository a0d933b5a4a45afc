"""Named claim profiles: what a standard or a certifier asks of an inventory and of a claim made from it."""
