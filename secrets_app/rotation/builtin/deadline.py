"""How long a step may take, whatever the database does."""

import socket
import threading
import time
from contextlib import suppress

from secrets_app.rotation.event import StepFailed

CONNECT_SECONDS = 5.0  # as AWS's functions


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def seconds(self) -> float:
        """What is left, more than nothing. Raises StepFailed if it is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise StepFailed("The step took longer than the function's timeout.")
        return left

    def to_connect(self) -> float:
        return min(CONNECT_SECONDS, self.seconds())


class Guard:
    """Ends a connection when the time is over, also if the other side trickles bytes.

    What waits for it then gets an error from its driver.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._twin = connection.dup()
        self._timer = threading.Timer(deadline.seconds(), self._end)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """Leave the connection alone."""
        self._timer.cancel()
        self._timer.join()
        self._twin.close()

    def _end(self) -> None:
        with suppress(OSError):  # it has ended already
            self._twin.shutdown(socket.SHUT_RDWR)
