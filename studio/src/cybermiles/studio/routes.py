"""The route beside the pages: saves a text that is being typed and answers with findings, without running a page again.

Only our own page may call it: the token that the page was given must come back in a header, which another site cannot
send without a preflight that is never granted.
"""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cybermiles.studio import settings
from cybermiles.studio.components.editor import TEXT_ROUTE
from cybermiles.studio.services import compiler, words
from cybermiles.studio.services.projects import MAX_TEXT, Project, ProjectError, Workspace
from cybermiles.studio.texts import t

LOG = logging.getLogger(__name__)
HEADER = "x-studio-token"


async def text(request: Request) -> JSONResponse:
    """`{"project", "file", "text"?}` in, `{"diagnostics", "words"}` out: findings of the whole project, completion.

    Without a text nothing is saved.
    """
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), settings.current().token.encode()):
        return refusal(403, "wrong-token", "this route serves only the studio's own page")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > 2 * MAX_TEXT:
            return refusal(413, "text-too-large", f"a text may have {MAX_TEXT} bytes")
    try:
        asked = json.loads(body)
        project, file = str(asked["project"]), str(asked["file"])
        typed = str(asked["text"]) if "text" in asked else None
    except (ValueError, KeyError, TypeError):
        return refusal(400, "bad-request", "expected an object with `project` and `file`")
    try:
        opened = save(project, file, typed)
        return JSONResponse(await run_in_threadpool(findings, opened, file))
    except ProjectError as problem:
        return refusal(404, problem.code, problem.message)
    except Exception:
        LOG.exception("the compiler failed on %s of %s", file, project)
        return refusal(500, "compiler-fault", t("editor.fault"))


def save(name: str, file: str, typed: str | None) -> Project:
    """Saves the text if it changed, at once: the analyst may turn to another page before the compiler has read it."""
    project = Workspace(settings.current().projects).open(name)
    if project.read(file) != typed and typed is not None:
        project.write(file, typed)
    return project


def findings(project: Project, file: str) -> dict[str, Any]:
    """What the compiler says of the project, and what can be completed in this file."""
    return {
        "diagnostics": [finding.as_json() for finding in compiler.check(project.sources())],
        "words": words.of(project, file),
    }


def refusal(status: int, code: str, message: str) -> JSONResponse:
    """An error that the page shows."""
    return JSONResponse({"code": code, "message": message}, status_code=status)


ROUTES = [Route(TEXT_ROUTE, text, methods=["POST"])]
