"""Right: one list of origins, with credentials, and every method and header that the page uses."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

app = FastAPI()

origins = [
    "https://app.example",
    "http://localhost:5173",
]

app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,
    allow_credentials=True,
    allow_methods=["GET", "PUT", "POST", "DELETE"],
    allow_headers=["Content-Type", "Authorization"],
)


class Order(BaseModel):
    status: str


@app.get("/api/orders/{order_id}")
async def read_order(order_id: str):
    return {"id": order_id, "status": "open"}


@app.put("/api/orders/{order_id}")
async def update_order(order_id: str, order: Order):
    return {"id": order_id, "status": order.status}
