"""The app: pages that arrange what `planner` returns. No mathematics lives here, and nothing imports it."""
