"""The resources are below /v1, and the API moved to /api."""

from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
# cors
CORS(app, resources={r"/v1/*": {"origins": "https://app.example"}})
# end of cors


@app.put("/api/orders/<order>")
def put_order(order):
    return jsonify(id=order)
