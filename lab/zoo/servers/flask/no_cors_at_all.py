"""Nothing about CORS: the quickstart."""

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/api/orders/<order>")
def get_order(order):
    return jsonify(id=order)
