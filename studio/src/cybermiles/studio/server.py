"""One web server for the pages and the check route: same origin, no request to anywhere else."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from streamlit.starlette import App

from cybermiles.studio.components.frame import problem
from cybermiles.studio.routes import ROUTES
from cybermiles.studio.texts import t
from cybermiles.studio.theme import THEME

LOG = logging.getLogger(__name__)
MAIN = Path(__file__).with_name("main.py")


def options(host: str, port: int, *, browser: bool = False) -> dict[str, Any]:
    """Streamlit's configuration."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": not browser,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "global.developmentMode": False,
        "logger.level": "warning",
        **THEME,
    }


def failed(error: Exception) -> bool:
    """Says that a page failed, in our words; the log has the rest."""
    LOG.error("a page failed", exc_info=error)
    problem("studio-fault", t("frame.fault"), f"{type(error).__name__}: {error}"[:300])
    return True


def serve(host: str, port: int, *, browser: bool = False) -> None:
    """Serves until stopped."""
    App(MAIN, routes=ROUTES, on_script_error=failed).run(config=options(host, port, browser=browser))
