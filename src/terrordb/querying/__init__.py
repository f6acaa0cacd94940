"""Questions: words become a Select of keys, keys become records.

`terms` reads the words, `selecting` builds the Select, `records` reads what it selects.
"""
