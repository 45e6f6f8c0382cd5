"""Starts the server of the app: Streamlit's command, on a web server that waits for nobody for ever."""

from __future__ import annotations

import sys

from streamlit.web.cli import main

from app.serving import patience

if __name__ == "__main__":
    patience.install()
    sys.exit(main(prog_name="streamlit"))
