"""`kentongan central ingest`: takes what devices publish, commits it, and only then acknowledges.

Any number of workers, each for some shards; overlap is harmless because a commit is idempotent. Alarms are read by a
consumer of their own, so a bulk flood cannot delay them; answers to alerts leave by the same connection.
"""
