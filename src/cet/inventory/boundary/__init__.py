"""The organisational boundary: whose emissions an inventory counts, at what share, and where the rest is reported."""
