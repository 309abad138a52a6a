"""Healthy: the path lacks its slash, and the redirect to the one with it carries the headers."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example"])


@app.get("/api/orders/")
async def list_orders():
    return [{"id": "7"}]
