"""Nothing about CORS: the API as the first chapter of every tutorial leaves it."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/api/orders/{order_id}")
async def read_order(order_id: str):
    return {"id": order_id, "status": "open"}
