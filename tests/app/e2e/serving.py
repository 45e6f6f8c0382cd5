"""Servers of the app for the browser: started as a user starts them, in a process of their own, ended by their id."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HERMIT = '''
"""Loaded by every Python that a test's server starts: notes and refuses each connection to another machine."""
import ipaddress, os, socket

def _here(address):
    try:
        return ipaddress.ip_address(str(address[0]).split("%")[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"

class Hermit(socket.socket):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _here(address):
            with open(os.environ["HERMIT_LOG"], "a", encoding="utf-8") as log:
                log.write(f"{address}\\n")
            raise OSError(101, "the network is blocked in this test")
        return super().connect(address)

socket.socket = Hermit
'''


@dataclass
class Server:
    """A server under way: its address, its process, what it has written, whom it tried to reach."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    reached: Path

    @property
    def outside(self) -> list[str]:
        """Other machines that the server or its workers tried to reach."""
        return self.reached.read_text(encoding="utf-8").splitlines() if self.reached.exists() else []

    def end(self, how: int = signal.SIGTERM) -> None:
        """End it and wait."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def answers(address: str) -> bool:
    """Whether a server answers."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def serve(
    folder: Path, *words: str, cache: Path, port: int = 0, base: str = "", more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start `planner app` with these words, with the network blocked, and end it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(HERMIT, encoding="utf-8")
    port = port or free_port()
    root = str(Path(__file__).parents[3])
    environment = {
        **os.environ, "PLANNER_CACHE": str(cache), "HERMIT_LOG": str(folder / "reached.txt"),
        "PYTHONPATH": os.pathsep.join([str(folder), root]), **(more or {}),
    }  # fmt: skip
    command = [sys.executable, "-m", "planner", "app", *words, "--port", str(port), "--headless"]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    server = Server(f"http://localhost:{port}{base}", process, folder / "server.log", folder / "reached.txt")
    try:
        for _ in range(300):
            if answers(server.address):
                break
            assert process.poll() is None, server.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        else:
            raise AssertionError(server.log.read_text(encoding="utf-8"))
        yield server
    finally:
        server.end()
