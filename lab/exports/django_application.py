"""An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.py` of the working folder.

What a view answers to `/NUMBER/case/INDEX` is in `inner.json`. Django has one set of settings, which are read with every
request; requests come one after the other here, each under the settings of its number.
"""

import asyncio
import json
import os
import pathlib

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

inner = json.loads(pathlib.Path("inner.json").read_text())


# Where an authentication is to be behind the lines, this is what a known caller sends.
authorization = os.environ.get("CORSAC_LAB_AUTHORIZATION")


def is_known(get_response):
    def middleware(request):
        if request.headers.get("Authorization") != authorization:
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="lab"'})
        return get_response(request)

    return middleware


def policy(file: pathlib.Path) -> dict:
    own = [f"{__name__}.is_known"] if authorization else []
    written = {"INSTALLED_APPS": [], "MIDDLEWARE": own}
    exec(compile(file.read_text(), file.name, "exec"), written)
    return {name: value for name, value in written.items() if name.isupper()}


policies = {file.stem.removeprefix("policy_"): policy(file) for file in pathlib.Path.cwd().glob("policy_*.py")}
some = next(iter(policies.values()))
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="lab", LOGGING_CONFIG=None, **some)
django.setup()


def answer(request, number, index):
    said = inner[index]
    response = HttpResponse(status=said["status"])
    response["X-Inner"] = "asked"
    for name, value in said["headers"]:
        before = response.get(name) if name.lower() == "vary" else None
        response[name] = f"{before}, {value}" if before else value
    return response


def broken(request, number):
    raise RuntimeError("a view that fails")


urlpatterns = [path("<int:number>/case/<int:index>", answer), path("<int:number>/broken", broken)]
handler = ASGIHandler()
one_at_a_time = asyncio.Lock()


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    own = policies[scope["path"].split("/")[1]]
    # A client that has its answer may ask again before the handler is done.
    async with one_at_a_time:
        with override_settings(**{name: value for name, value in own.items() if name.startswith("CORS_")}):
            await handler(scope, receive, send)
