"""How work is done: news of it, and why it stops."""
