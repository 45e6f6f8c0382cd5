"""How the tables of a library came to their present form, step by step; Alembic runs the steps that a library lacks."""
