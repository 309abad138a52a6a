"""http and https: the list was made on the developer's machine, and the site is on https by now."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

app = FastAPI()

origins = [
    "http://localhost:3000",
    "http://app.example",
]

# cors
app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
# end of cors


class Order(BaseModel):
    status: str


@app.put("/api/orders/{order_id}")
async def update_order(order_id: str, order: Order):
    return {"id": order_id, "status": order.status}
