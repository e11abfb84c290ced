"""A handler's process: what it is given, what is read of it, and its end.

It has none of this process's environment or open files but the two pipes that `child` knows.
When the time is up, or this process is no more, its watcher ends all that it started.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from pathlib import Path
from pwd import struct_passwd
from typing import IO

from secrets_app.rotation.event import StepFailed
from service.value import value

MOST_ANSWER = 64 * 1024  # bytes
MOST_OUTPUT = 64 * 1024
GRACE = 2.0  # seconds that the watcher has to end everything
_CHUNK = 64 * 1024
_PROGRAM = Path(__file__).with_name("child.py")


@value
class Job:
    """What is run.

    interpreter  the path of a Python
    folder       the run's own; the program is put there
    document     what the child reads, JSON
    deadline     of the monotonic clock
    user         whom it runs as; None: as this process
    keeps_output whether what it prints is wanted
    """

    interpreter: str
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    document: bytes = field(repr=False)
    deadline: float
    user: struct_passwd | None = None
    keeps_output: bool = False


@value
class Outcome:
    """answer     what came through the pipe, at most `MOST_ANSWER`
    status     the exit status; negative: the signal that ended the watcher
    output     the first `MOST_OUTPUT` bytes that it printed
    is_in_time it ended before the deadline
    """

    answer: bytes = field(repr=False)
    status: int
    output: bytes = field(repr=False)
    is_in_time: bool


def put_program(folder: Path) -> None:
    (folder / _PROGRAM.name).write_bytes(_PROGRAM.read_bytes())


def run(job: Job) -> Outcome:
    """Returns when nothing of it runs any more. Raises StepFailed if it cannot be started."""
    with _pipe() as (result, result_end), _pipe() as (life, life_end):
        with _started(job, result_end.fileno(), life.fileno()) as process:
            result_end.close()
            life.close()
            try:
                read = _Reading(job, process, result)
                read.to_the_end()
            finally:
                life_end.close()
                _end(process)
        return Outcome(bytes(read.answer), process.returncode, bytes(read.output), read.is_in_time)


class _Reading:
    def __init__(self, job: Job, process: "subprocess.Popen[bytes]", result: IO[bytes]) -> None:
        self.answer, self.output, self.is_in_time = bytearray(), bytearray(), True
        self._deadline, self._process = job.deadline, process
        self._selector = selectors.DefaultSelector()
        self._selector.register(result, selectors.EVENT_READ, (self.answer, MOST_ANSWER))
        if process.stdout is not None:
            about = (self.output, MOST_OUTPUT)
            self._selector.register(process.stdout, selectors.EVENT_READ, about)
        _tell(process, job.document)

    def to_the_end(self) -> None:
        """Until all has ended, which the watcher sees to, or the time is up."""
        with self._selector:
            while self._selector.get_map() and self._left > 0:
                for key, _ in self._selector.select(self._left):
                    self._take(key)
            self.is_in_time = not self._selector.get_map()
        try:
            self._process.wait(self._left)
        except subprocess.TimeoutExpired:
            self.is_in_time = False

    @property
    def _left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def _take(self, key: selectors.SelectorKey) -> None:
        """What is more than is kept is read all the same: else the handler would wait for us."""
        chunk = os.read(key.fd, _CHUNK)
        if not chunk:
            self._selector.unregister(key.fileobj)
        kept, most = key.data
        kept += chunk[: most - len(kept)]


@contextmanager
def _started(job: Job, result: int, life: int) -> Iterator["subprocess.Popen[bytes]"]:
    output = subprocess.PIPE if job.keeps_output else subprocess.DEVNULL
    user = job.user
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own code, by its interpreter
            [job.interpreter, "-I", _PROGRAM.name, str(result), str(life)],
            cwd=job.folder,
            env=dict(job.environment),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(result, life),
            start_new_session=True,
            umask=0o077,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StepFailed(f"The interpreter {job.interpreter} cannot be run: {why}.") from None
    with suppress(BrokenPipeError), process:
        yield process


def _tell(process: "subprocess.Popen[bytes]", document: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(document)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """The watcher knows that its time is up, and ends what it watches; else the kernel does."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    if process.returncode is None or process.returncode < 0:  # it hangs, or was ended itself
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as one, os.fdopen(writing, "wb") as other:
        yield one, other
