"""Loggers that all processes share: the logger lives in a process of its own, jobs get a proxy of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from pymake.ruffus.logserver import LoggerProxy

_servers: list[object] = []  # proxies do not keep their server alive


def make_shared_logger_and_proxy(
    logger_factory: Callable[[str, Mapping[str, object]], logging.Logger],
    logger_name: str,
    args: Mapping[str, object],
) -> tuple[LoggerProxy, AbstractContextManager[object]]:
    """Make a logger in a process of its own; returns a proxy of it, and a lock for what belongs together.

    Both can be given to jobs as extras.
    """
    from pymake.ruffus.logserver import started  # noqa: PLC0415  # 25 ms that few scripts need

    server = started(logger_factory)
    _servers.append(server)
    make: Callable[[str, Mapping[str, object]], LoggerProxy] = getattr(server, "setup_logger")  # noqa: B009  # registered
    return make(logger_name, args), server.Lock()


def setup_std_shared_logger(logger_name: str, args: Mapping[str, object]) -> logging.Logger:
    """The usual factory.

    Args:
        logger_name: the name of the logger.
        args: `config_file`, or `file_name` with any of `level`, `rotating`, `maxBytes`, `backupCount`, `delay`,
            `formatter`.

    Raises:
        KeyError: there is no file to log to.
    """
    import logging  # noqa: PLC0415  # importing the package need not take it

    config = args.get("config_file")
    if config is not None:
        if not os.path.exists(str(config)):
            raise ValueError(f"Logging configuration file {config!r} not found")
        from logging.config import fileConfig  # noqa: PLC0415  # rarely asked for

        fileConfig(str(config), disable_existing_loggers=False)
        return logging.getLogger(logger_name)
    logger = logging.getLogger(logger_name)
    level = args.get("level", logging.INFO)
    logger.setLevel(level if isinstance(level, (int, str)) else logging.INFO)
    logger.addHandler(_handler(args))
    return logger


def _handler(args: Mapping[str, object]) -> logging.Handler:
    import logging  # noqa: PLC0415  # as above

    name, delay = str(args["file_name"]), bool(args.get("delay", False))
    handler: logging.Handler
    if args.get("rotating"):
        most, kept = args.get("maxBytes", 0), args.get("backupCount", 0)
        assert isinstance(most, int), "bytes are counted"
        assert isinstance(kept, int), "files are counted"
        from logging.handlers import RotatingFileHandler  # noqa: PLC0415  # it imports all of networking

        handler = RotatingFileHandler(name, maxBytes=most, backupCount=kept, delay=delay)
    else:
        handler = logging.FileHandler(name, delay=delay)
    if "formatter" in args:
        handler.setFormatter(logging.Formatter(str(args["formatter"])))
    return handler
