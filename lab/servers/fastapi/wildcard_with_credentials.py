"""`*` with credentials, by hand: the middleware that people write when they do without CORSMiddleware.

(`CORSMiddleware` with `allow_origins=["*"]` and `allow_credentials=True` does not make this mistake: it answers with
whatever origin asks, which every browser accepts, and which is an exposure instead of a failure.)
"""

from fastapi import FastAPI, Request

app = FastAPI()


@app.middleware("http")
async def add_cors_headers(request: Request, call_next):
    response = await call_next(request)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Access-Control-Allow-Methods"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "*"
    return response


@app.get("/api/me")
async def read_me():
    return {"user": "ada"}
