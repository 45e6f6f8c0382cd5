"""Goal seeking: the least of a resource for given targets, the most of one outcome under floors on the others."""
