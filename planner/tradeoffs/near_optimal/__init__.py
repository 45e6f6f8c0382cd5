"""Options of equal merit: what every plan near the best shares, what is a free choice, plans that differ most."""
