"""The header is missing: allow_headers was written before the API asked for a token."""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

app = FastAPI()

# cors
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example"],
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type"],
)
# end of cors


class Order(BaseModel):
    status: str


@app.post("/api/orders", status_code=201)
async def create_order(order: Order, authorization: Annotated[str | None, Header()] = None):
    if authorization is None:
        raise HTTPException(status_code=401, detail="no token")
    return {"id": "8", "status": order.status}
