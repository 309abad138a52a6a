"""An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.py` of the working folder.

What a view answers to `/NUMBER/case/INDEX` is in `inner.json`.
"""

import importlib.util
import json
import logging
import os
import pathlib

from flask import Flask, Response, abort, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "QUERY"]
# A view that fails is meant to.
logging.disable()
inner = json.loads(pathlib.Path("inner.json").read_text())
# Where an authentication is to be behind the lines, this is what a known caller sends.
authorization = os.environ.get("CORSAC_LAB_AUTHORIZATION")


def governed(path: pathlib.Path) -> Flask:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = Flask(path.stem)
    module.init_cors(app)

    @app.before_request
    def is_known():
        if authorization and request.headers.get("Authorization") != authorization:
            abort(401)

    @app.route("/case/<int:index>", methods=METHODS, provide_automatic_options=False)
    def answer(index: int):
        said = inner[index]
        response = Response(status=said["status"])
        response.headers["X-Inner"] = "asked"
        for name, value in said["headers"]:
            response.headers.add(name, value)
        return response

    @app.get("/broken")
    def broken():
        raise RuntimeError("a view that fails")

    return app


policies = {f"/{path.stem.removeprefix('policy_')}": governed(path) for path in pathlib.Path.cwd().glob("policy_*.py")}
app = DispatcherMiddleware(Flask("ungoverned"), policies)
