"""An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.py` of the working folder.

What a handler answers to `/NUMBER/case/INDEX` is in `inner.json`.
"""

import importlib.util
import json
import os
import pathlib

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "QUERY"]
inner = json.loads(pathlib.Path("inner.json").read_text())


# Where an authentication is to be behind the lines, this is what a known caller sends.
authorization = os.environ.get("CORSAC_LAB_AUTHORIZATION")


def is_known(given: str | None = Header(None, alias="Authorization")):
    if given != authorization:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Basic realm="lab"'})


def application() -> FastAPI:
    app = FastAPI(dependencies=[Depends(is_known)] if authorization else [])

    @app.api_route("/{number}/case/{index}", methods=METHODS)
    async def answer(index: int, request: Request):
        said = inner[index]
        response = Response(status_code=said["status"])
        response.headers["X-Inner"] = "asked"
        for name, value in said["headers"]:
            response.headers.append(name, value)
        return response

    @app.get("/{number}/broken")
    async def broken():
        raise RuntimeError("a handler that fails")

    return app


def governed(path: pathlib.Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.with_cors(application())


policies = {path.stem.removeprefix("policy_"): governed(path) for path in pathlib.Path.cwd().glob("policy_*.py")}
ungoverned = application()


async def app(scope, receive, send):
    number = scope["path"].split("/")[1] if scope["type"] == "http" else ""
    await policies.get(number, ungoverned)(scope, receive, send)
