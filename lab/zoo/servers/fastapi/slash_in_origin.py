"""The origin has a slash at its end, and Starlette compares texts."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()

# cors
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example/"], allow_methods=["*"], allow_headers=["*"])
# end of cors


@app.get("/api/orders/{order}")
async def get_order(order: str):
    return {"id": order}
