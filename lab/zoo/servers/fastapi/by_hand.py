"""The headers by hand, as matrix.toml has them."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

app = FastAPI()


# cors
@app.middleware("http")
async def speak(request: Request, call_next):
    # preflight
    if request.method == "OPTIONS":
        response = Response(status_code=204)
        response.headers.append("{preflight.name}", "{preflight.value}")
        return response
    # end of preflight
    response = await call_next(request)
    response.headers.append("{answer.name}", "{answer.value}")
    # asking
    if "Origin" in request.headers:
        response.headers.append("Access-Control-Allow-Origin", request.headers["Origin"])
    # end of asking
    return response
# end of cors


# gate
@app.middleware("http")
async def is_known(request: Request, call_next):
    if "Authorization" not in request.headers:
        return JSONResponse({"error": "who are you?"}, status_code=401)
    return await call_next(request)
# end of gate


# login
@app.middleware("http")
async def has_logged_in(request: Request, call_next):
    if "Authorization" not in request.headers:
        return RedirectResponse("/login", status_code=302)
    return await call_next(request)
# end of login


@app.api_route("/api/{rest:path}", methods=["GET", "PUT", "DELETE"])
async def api(rest: str):
    if rest == "broken":
        return JSONResponse({"error": "no such customer"}, status_code=500)
    headers = {"counted": {"X-Total-Count": "42"}, "catalogue": {"Cache-Control": "public, s-maxage=600"}}
    return JSONResponse({"id": "7"}, headers=headers.get(rest))
