"""Tables, charts and maps."""
