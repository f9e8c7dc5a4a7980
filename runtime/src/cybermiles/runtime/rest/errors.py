"""Errors of the API: a stable code, a message and a hint, with the fitting status."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cybermiles.platform import ContractError, KeyFormatError, LedgerError, TxError

log = structlog.get_logger()


class ApiError(Exception):
    """What a client did wrong."""

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.hint = hint


def answer(status: int, code: str, message: str, hint: str = "") -> JSONResponse:
    """The error document."""
    return JSONResponse({"code": code, "message": message, "hint": hint or None}, status_code=status)


def install(app: FastAPI) -> None:
    """Turns every exception that a request can cause into the error document."""

    @app.exception_handler(ApiError)
    async def api_error(_: Request, error: ApiError) -> JSONResponse:
        return answer(error.status, error.code, str(error), error.hint)

    @app.exception_handler(KeyFormatError)
    async def key_error(_: Request, error: KeyFormatError) -> JSONResponse:
        return answer(400, error.code, str(error))

    @app.exception_handler(TxError)
    async def tx_error(_: Request, error: TxError) -> JSONResponse:
        return answer(400, error.code, str(error))

    @app.exception_handler(ContractError)
    async def contract_error(_: Request, error: ContractError) -> JSONResponse:
        return answer(404 if error.code.startswith("unknown-") else 400, error.code, str(error))

    @app.exception_handler(LedgerError)
    async def ledger_error(_: Request, error: LedgerError) -> JSONResponse:
        return answer(404 if error.code == "unknown-height" else 409, error.code, str(error))

    @app.exception_handler(RequestValidationError)
    async def validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return answer(400, "bad-request", f"`{where}`: {first['msg']}")

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> JSONResponse:
        log.error("request failed", path=request.url.path, error=repr(error))
        return answer(500, "fault", "the node failed to answer; its log says more")

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "bad-request")
        return answer(error.status_code, code, str(error.detail))
