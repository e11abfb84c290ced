"""Runs one handler once. Started as `INTERPRETER -I child.py RESULT LIFE`, for any Python from 3.8.

Nothing here belongs to the server: this file is copied beside the handler's code. RESULT is a
pipe for the answer, LIFE one whose other end the server holds until the time is up; stdin has
what to do:

    {"task": FOLDER, "handler": "MODULE.FUNCTION", "event": …, "context": {…},
     "deadline": SECONDS of the monotonic clock, "memory_mb": NUMBER or 0}

Two processes: the first watches over the second, which runs the handler, and ends all that
the second leaves behind, also what has made itself a session of its own.

Exit status: 0 after an answer, else what the handler's process ended with (128 and the signal).
The answer is {} or {"type": …, "place": …, "importing": …}: never what an exception says.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import re
import resource
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any

MOST_PROCESSES = 256  # of the user; root has no limit
MOST_OPEN_FILES = 512
MOST_FILE_BYTES = 512 * 1024 * 1024
PR_SET_CHILD_SUBREAPER = 36
NAME = re.compile(r"[A-Za-z_][\w.]{0,127}", re.ASCII)


def main() -> None:
    result, life = int(sys.argv[1]), int(sys.argv[2])
    os.umask(0o077)
    # who started us may have blocked signals, and we inherit that
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    child = os.fork()
    if not child:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for each in (life, woken, wake):
            os.close(each)
        handle(result)
    os.close(result)
    status = watch(child, life, woken)
    end_descendants()
    os._exit(status)


# -- the first process


def watch(child: int, life: int, woken: int) -> int:
    """Until the child or our time has ended. What others leave behind is reaped meanwhile."""
    while True:
        for pid, status in ended():
            if pid == child:
                return code_of(status)
        ready, _, _ = select.select([life, woken], [], [])
        if life in ready:
            return 128 + signal.SIGKILL
        os.read(woken, 4096)


def ended() -> list[tuple[int, int]]:
    """Children that have ended, with their statuses."""
    found = []
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            found.append((pid, status))
    return found


def end_descendants() -> None:
    """Whose parents have ended are children of ours: so we get to all of them."""
    while True:
        for pid in children():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.002)


def children() -> list[int]:
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            if int(fields[1]) == os.getpid():
                found.append(int(name))
    return found


def code_of(status: int) -> int:
    if os.WIFSIGNALED(status):
        return 128 + os.WTERMSIG(status)
    return os.WEXITSTATUS(status)


# -- the second process


def handle(result: int) -> None:
    """Never returns."""
    try:
        given = json.load(sys.stdin.buffer)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        limit(given["memory_mb"])
        answer = attempted(given)
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os.write(result, json.dumps(answer).encode())
    except BaseException:
        os._exit(70)
    os._exit(0)


def limit(memory_mb: int) -> None:
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_NPROC, MOST_PROCESSES),
        (resource.RLIMIT_FSIZE, MOST_FILE_BYTES),
    ]
    if memory_mb:
        limits.append((resource.RLIMIT_AS, memory_mb * 1024 * 1024))
    for kind, most in limits:
        with suppress(ValueError, OSError):  # a lower one holds already
            resource.setrlimit(kind, (most, most))


def attempted(given: dict[str, Any]) -> dict[str, Any]:
    """The answer."""
    task = given["task"]
    os.chdir(task)
    sys.path.insert(0, task)
    sys.argv = [given["handler"]]
    log_as_lambda()
    module, _, name = given["handler"].rpartition(".")
    try:
        function = getattr(importlib.import_module(module.replace("/", ".")), name)
    except BaseException as error:
        return {**told(error, task), "importing": True}
    try:
        returned = function(given["event"], Context(given["context"], given["deadline"]))
    except BaseException as error:
        return told(error, task)
    try:
        json.dumps(returned)
    except Exception:  # as Lambda has it
        return {"type": "Runtime.MarshalError", "place": ""}
    return {}


def log_as_lambda() -> None:
    """Lambda's root logger writes to the log from WARNING on, unless it is told otherwise."""
    import logging

    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s\t%(message)s"))
    logging.getLogger().addHandler(handler)


def told(error: BaseException, task: str) -> dict[str, Any]:
    """The type and, of AWS's own errors, the code; the last line in the handler's own files."""
    kind = plain(type(error).__name__)
    with suppress(Exception):
        code = plain(error.response["Error"]["Code"])  # type: ignore[attr-defined]
        kind = kind if code == kind else f"{kind} ({code})"
    return {"type": kind, "place": place_of(error, task)}


def place_of(error: BaseException, task: str) -> str:
    found, step = "", error.__traceback__
    while step is not None:
        path = step.tb_frame.f_code.co_filename
        if path.startswith(task + os.sep):
            found = f"{os.path.relpath(path, task)}:{step.tb_lineno}"
        step = step.tb_next
    if isinstance(error, SyntaxError) and str(error.filename).startswith(task + os.sep):
        found = f"{os.path.relpath(str(error.filename), task)}:{error.lineno}"
    return found[:256]


def plain(name: Any) -> str:
    return name if isinstance(name, str) and NAME.fullmatch(name) else "an error"


class Context:
    """Lambda's context object: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    identity = None
    client_context = None
    function_version = "$LATEST"

    def __init__(self, given: dict[str, Any], deadline: float) -> None:
        self.function_name = given["function_name"]
        self.invoked_function_arn = given["invoked_function_arn"]
        self.memory_limit_in_mb = given["memory_limit_in_mb"]
        self.aws_request_id = given["aws_request_id"]
        self.log_group_name = given["log_group_name"]
        self.log_stream_name = given["log_stream_name"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        print(message)  # noqa: T201


if __name__ == "__main__":
    main()
