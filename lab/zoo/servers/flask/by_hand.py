"""The headers by hand, as matrix.toml has them."""

from flask import Flask, jsonify, redirect, request

app = Flask(__name__)


# gate
@app.before_request
def is_known():
    if "Authorization" not in request.headers:
        return jsonify(error="who are you?"), 401
# end of gate


# login
@app.before_request
def has_logged_in():
    if "Authorization" not in request.headers:
        return redirect("/login")
# end of login


# cors
# preflight
@app.before_request
def answer_preflight():
    if request.method == "OPTIONS":
        return "", 204
# end of preflight


@app.after_request
def speak(response):
    # preflight
    if request.method == "OPTIONS":
        response.headers.add("{preflight.name}", "{preflight.value}")
        return response
    # end of preflight
    response.headers.add("{answer.name}", "{answer.value}")
    # asking
    if "Origin" in request.headers:
        response.headers.add("Access-Control-Allow-Origin", request.headers["Origin"])
    # end of asking
    return response
# end of cors


@app.route("/api/<path:rest>", methods=["GET", "PUT", "DELETE"])
def api(rest):
    if rest == "broken":
        return jsonify(error="no such customer"), 500
    headers = {"counted": {"X-Total-Count": "42"}, "catalogue": {"Cache-Control": "public, s-maxage=600"}}
    return jsonify(id="7"), headers.get(rest, {})
