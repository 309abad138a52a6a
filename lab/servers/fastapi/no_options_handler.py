"""No OPTIONS handler: the headers are set by hand in the handler, which a preflight never reaches."""

from fastapi import FastAPI, Response
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    status: str


@app.post("/api/orders", status_code=201)
async def create_order(order: Order, response: Response):
    response.headers["Access-Control-Allow-Origin"] = "https://app.example"
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return {"id": "8", "status": order.status}
