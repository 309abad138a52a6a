"""allow_headers was written before the API asked for a token."""

from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
# cors
CORS(app, origins=["https://app.example"], allow_headers=["Content-Type"])
# end of cors


@app.get("/api/orders/<order>")
def get_order(order):
    return jsonify(id=order)
