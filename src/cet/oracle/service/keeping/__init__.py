"""The cascade keeper: announces the lots whose figure moved, within a gas budget, and tells subscribers by webhook."""
