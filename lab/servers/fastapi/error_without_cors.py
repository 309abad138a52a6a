"""An error without CORS headers: what a handler fails to catch is answered outside of the middleware."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

app = FastAPI()

# cors
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
# end of cors

customers = {"c1": {"name": "Ada"}}


class Order(BaseModel):
    customer: str


@app.post("/api/orders", status_code=201)
async def create_order(order: Order):
    customer = customers[order.customer]
    return {"id": "8", "customer": customer["name"]}
