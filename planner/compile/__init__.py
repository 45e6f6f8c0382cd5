"""From a case to a network: each domain row becomes a few kernel rows that remember their cell."""
