"""The addresses of the app's pages: the server answers these with the app, others with a page that leads home."""

from __future__ import annotations

PAGES = ("", "data", "plan", "tradeoffs", "futures", "compare", "explain", "report", "library", "method")
"""Addresses below the app's own, the first page's is empty; the same as in the dictionary of app/main.py."""
FIRST = "start"
"""The name under which the first page is known, too."""
