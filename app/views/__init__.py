"""One module a page; `main` puts them into the frame."""
