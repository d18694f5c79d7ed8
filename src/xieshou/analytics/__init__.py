"""Tables for analysis: the ledger as Parquet segments, the tail behind them, and the connection that reads both.

A segment (数据段) is a Parquet file with the entries of an id range. Segments hold only what can never change: they end
at a cut that the ledger declares final. What was posted since is the tail; it is read through Django's own connection,
so that the uncommitted entries of the caller's transaction count as well. `readings.reading` gives both as one table.
"""
