"""The method is missing: without allow_methods, the middleware allows GET alone."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()

# cors
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example"],
    allow_credentials=True,
    allow_headers=["*"],
)
# end of cors


@app.delete("/api/orders/{order_id}", status_code=204)
async def delete_order(order_id: str):
    return None
