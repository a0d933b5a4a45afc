"""The oracle as a service: requests in a database, workers that carry them to the ledger, an API to hand them in.

    database = Database.open("sqlite:///oracle.db")
    worker = Worker(Surroundings(database, ledger, signer, clock=system_clock))
    worker.step()                                   # takes one due request one transition further; safe to kill anywhere

Everything here is imported on use: the rest of `cet` needs no database.
"""
