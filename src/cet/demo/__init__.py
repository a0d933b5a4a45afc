"""The main job from end to end: inventories, statements, tokens, allocation, offset, cascade, revocation.

`Story` runs it on any chain and keeps what it did; `cast` names the parties and their devnet accounts; `telling` shows it.
"""
