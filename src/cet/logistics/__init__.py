"""Book and claim for logistics emissions: rules, an in-memory register, the calculations, declarations.

Source: Smart Freight Centre, Voluntary Market Based Measures Framework for Logistics Emissions (2023), sections 3 to 11 and
annex 1. Pure: no chain, no clock, no network.
"""
