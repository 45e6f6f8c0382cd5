"""The report of a plan as text and documents."""
