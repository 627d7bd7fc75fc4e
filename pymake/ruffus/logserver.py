"""The process that a shared logger lives in, and the proxy of it. Imported only where there is such a logger."""

from __future__ import annotations

from multiprocessing.managers import BaseProxy, SyncManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping

    Factory = Callable[[str, Mapping[str, object]], logging.Logger]


class LoggerProxy(BaseProxy):
    """Passes messages on to the process that the logger lives in. Can be given to jobs."""

    _exposed_ = ("debug", "info", "warning", "error", "critical", "log")

    def debug(self, *args: object, **kwargs: object) -> None:
        """As of a logger."""
        self._callmethod("debug", args, kwargs)

    def info(self, *args: object, **kwargs: object) -> None:
        """As of a logger."""
        self._callmethod("info", args, kwargs)

    def warning(self, *args: object, **kwargs: object) -> None:
        """As of a logger."""
        self._callmethod("warning", args, kwargs)

    def error(self, *args: object, **kwargs: object) -> None:
        """As of a logger."""
        self._callmethod("error", args, kwargs)

    def critical(self, *args: object, **kwargs: object) -> None:
        """As of a logger."""
        self._callmethod("critical", args, kwargs)

    def log(self, *args: object, **kwargs: object) -> None:
        """As of a logger."""
        self._callmethod("log", args, kwargs)

    def __str__(self) -> str:
        return "<LoggingProxy>"


class LoggingServer(SyncManager):
    """Holds a logger in a process of its own; it ends when the last reference to it does."""


def started(factory: Factory) -> LoggingServer:
    """A running server that makes its logger by this factory."""
    LoggingServer.register("setup_logger", factory, proxytype=LoggerProxy)
    server = LoggingServer()
    server.start(_ignore_interrupts)
    return server


def _ignore_interrupts() -> None:
    """Ctrl-C ends the run, and the last words of the jobs are still to be logged."""
    import signal  # noqa: PLC0415  # in the new process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
