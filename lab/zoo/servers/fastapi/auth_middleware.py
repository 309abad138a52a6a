"""The middleware that is added last runs first: the gate is asked before CORS is."""

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

app = FastAPI()

# cors
app.add_middleware(
    CORSMiddleware, allow_origins=["https://app.example"], allow_methods=["*"], allow_headers=["*"]
)
# end of cors


@app.middleware("http")
async def is_known(request: Request, call_next):
    if "Authorization" not in request.headers:
        return JSONResponse({"error": "no token"}, status_code=401)
    return await call_next(request)


@app.put("/api/orders/{order}")
async def put_order(order: str):
    return {"id": order}
