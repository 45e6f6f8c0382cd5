"""What stands before the app: the server, who may come in, limits and headers."""
