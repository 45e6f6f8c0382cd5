"""Decision packages: nested plans for smaller and larger budgets."""
