"""www and apex: https://example.com is allowed, and the site is opened as https://www.example.com."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()

# cors
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://example.com"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
# end of cors


@app.get("/api/orders/{order_id}")
async def read_order(order_id: str):
    return {"id": order_id, "status": "open"}
