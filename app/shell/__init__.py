"""Around every page: state of the tab, frame, sidebar, links, meters, kept plans, the first answer."""
