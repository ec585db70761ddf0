"""A small supervisor: children die with the parent, even by kill -9, and the first that ends stops all."""

import contextlib
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
        self.watchers: dict[str, threading.Thread] = {}

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
        self.watchers[name] = threading.Thread(target=self._watch, args=(process,), daemon=True)
        self.watchers[name].start()

    def _print(self, name: str, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(f"{name:<{WIDTH}}| {line}")
            sys.stdout.flush()

    def _watch(self, process: "subprocess.Popen[str]") -> None:
        """See the process itself end, not its output: a grandchild that lives on would hold the pipe open. ``stop`` collects it."""
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
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
        """Stop what runs, the last started first; return the highest exit code of a child that failed by itself."""
        alone = {name for name, watcher in self.watchers.items() if not watcher.is_alive()}
        failed = [0]
        for name, process in reversed(self.running.items()):
            watcher = self.watchers[name]
            if watcher.is_alive():
                os.kill(process.pid, signal.SIGTERM)
            watcher.join(20)
            # Not collected yet, so the number is still its own; a master that was killed cannot have told its children.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
            if name in alone:
                failed.append(code if code >= 0 else 128 - code)
        self.running.clear()
        self.watchers.clear()
        return max(failed)
