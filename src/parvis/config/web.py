"""The web server: gunicorn with synchronous workers, loaded once and then forked; hashing waits its turn beside."""

import gc
import logging
import os
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger


def settle() -> None:
    """What is loaded by now stays for good: the garbage collector passes over it, and looks less often.

    A page makes thousands of short-lived objects and no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


class OneLog(Logger):
    """Gunicorn's messages go where all others go; no line per request (addresses hold SIRET numbers and links)."""

    def setup(self, cfg: Any) -> None:
        """Undo gunicorn's own handlers."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True
        self.access_log.disabled = True
        self.error_log.setLevel(logging.WARNING)


class Web(BaseApplication):
    """`parvis.config.wsgi` under gunicorn."""

    def __init__(self, bind: str) -> None:
        self.bind = bind
        super().__init__()

    def load_config(self) -> None:
        """The settings, all here: gunicorn reads no file and no variable of its own."""
        # Only now: the worker's module reads settings that this command has yet to name.
        from parvis.config.turns import TurnsWorker

        shared_memory = Path("/dev/shm")  # noqa: S108
        options = {
            "bind": self.bind,
            # A long search in an address gets our own answer, not gunicorn's.
            "limit_request_line": 8190,
            "worker_class": TurnsWorker,
            "workers": int(os.environ.get("WEB_CONCURRENCY") or 2),
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 25,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "control_socket_disable": True,
            "logger_class": OneLog,
            "worker_tmp_dir": str(shared_memory) if os.access(shared_memory, os.W_OK) else None,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Import the application; in the master, before it forks."""
        from parvis.config.wsgi import application

        settle()
        return application
