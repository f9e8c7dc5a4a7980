"""The route beside the pages: findings for a text that is being typed, without running a page again.

Only our own page may call it: the token that the page was given must come back in a header, which another site cannot
send without a preflight that is never granted.
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cybermiles.studio import settings
from cybermiles.studio.components.editor import CHECK_ROUTE
from cybermiles.studio.services import compiler
from cybermiles.studio.services.projects import MAX_TEXT, ProjectError, Workspace

HEADER = "x-studio-token"


async def check(request: Request) -> JSONResponse:
    """`{"project", "file", "text"}` in, `{"diagnostics": [...]}` out: those of the whole project with this text."""
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
        project, file, text = str(asked["project"]), str(asked["file"]), str(asked["text"])
    except (ValueError, KeyError, TypeError):
        return refusal(400, "bad-request", "expected an object with `project`, `file` and `text`")
    try:
        found = await run_in_threadpool(_findings, project, file, text)
    except ProjectError as problem:
        return refusal(404, problem.code, problem.message)
    return JSONResponse({"diagnostics": found})


def _findings(project: str, file: str, text: str) -> list[dict[str, Any]]:
    sources = Workspace(settings.current().home / "projects").open(project).sources(file, text)
    return [finding.as_json() for finding in compiler.check(sources)]


def refusal(status: int, code: str, message: str) -> JSONResponse:
    """An error that the page shows."""
    return JSONResponse({"code": code, "message": message}, status_code=status)


ROUTES = [Route(CHECK_ROUTE, check, methods=["POST"])]
