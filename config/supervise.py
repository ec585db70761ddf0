"""A small supervisor: children die with the parent, even by kill -9, and the first that ends stops all."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

from config.embedded import die_with_parent

WIDTH = 8


def _child() -> None:
    os.setsid()  # Ctrl-C reaches the supervisor alone, which stops its children in order
    die_with_parent(signal.SIGTERM)


class Supervisor:
    """Starts processes, prints their lines with their names, and stops them all together."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.running: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one process. Call from the main thread: the kernel's death signal follows the thread that forked."""
        process = subprocess.Popen(
            list(command),
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=_child,
        )
        self.running[name] = process
        threading.Thread(target=self._print, args=(name, process), daemon=True).start()

    def _print(self, name: str, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(f"{name:<{WIDTH}}| {line}")
            sys.stdout.flush()
        process.wait()
        self.over.set()

    def stop_on_signals(self) -> None:
        """Let Ctrl-C and SIGTERM end the wait."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.over.set())

    def wait(self) -> None:
        """Wait until a child ended or a signal came."""
        while not self.over.wait(0.5):
            pass

    def stop(self) -> int:
        """Stop what runs, in order; return the highest exit code of a child that failed by itself."""
        failed = [p.returncode for p in self.running.values() if p.poll() is not None and p.returncode > 0]
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return max(failed, default=0)
