"""Healthy: Flask-CORS for the whole application, with what the page needs."""

from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
CORS(app, origins=["https://app.example"], supports_credentials=True)


@app.put("/api/orders/<order>")
def put_order(order):
    return jsonify(id=order)
