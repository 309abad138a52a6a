"""before_request asks everybody who it is, preflights too."""

from flask import Flask, jsonify, request
from flask_cors import CORS

app = Flask(__name__)
# cors
CORS(app, origins=["https://app.example"])
# end of cors


@app.before_request
def is_known():
    if "Authorization" not in request.headers:
        return jsonify(error="no token"), 401


@app.get("/api/orders/<order>")
def get_order(order):
    return jsonify(id=order)
