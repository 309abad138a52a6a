# The policy `app` for Flask with Flask-CORS, made by `corsac export`.
# Save it as cors_policy.py; then init_cors(app) on the line after app = Flask(__name__).

import re

from flask import Response, request
from flask_cors import CORS  # pip install flask-cors

ORIGINS = [
    re.compile("^https://app\\.example$"),
    re.compile("^https://([a-z0-9_-]+\\.)+app\\.example$"),
    re.compile("^http://localhost(:[1-9][0-9]{0,4})?$"),
    re.compile("^tauri://localhost$"),
    re.compile("^https://xn--bcher-kva\\.example:8443$"),
]


def init_cors(app):
    """Puts the policy around all of the application, its errors included."""

    def answer_preflight():
        origin = request.headers.get("Origin")
        if origin is None:
            return None
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        allowed = any(entry.match(origin) for entry in ORIGINS)
        if preflight and not allowed:
            return Response(status=403)
        return Response(status=204) if preflight else None

    # First of all, so that nobody asks a preflight who it is.
    app.before_request_funcs.setdefault(None, []).insert(0, answer_preflight)

    # Registered first, these lines run last: every answer depends on who asks.
    @app.after_request
    def vary(response):
        # On one line, since Flask's sessions keep one line of it alone.
        names = response.headers.getlist("Vary")
        if names:
            response.headers["Vary"] = ", ".join(names)
        response.vary.add("Origin")
        return response

    CORS(
        app,
        origins=ORIGINS,
        send_wildcard=False,
        always_send=False,
        methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"],
        allow_headers=["Authorization", "Content-Type", "X-Request-Id"],
        expose_headers=["X-Request-Id", "X-Total"],
        supports_credentials=True,
        max_age="7200",
        vary_header=False,
        allow_private_network=False,
    )

    # Registered last, these lines run before the package's: a view's own word on CORS does not count.
    @app.after_request
    def without_own_cors_headers(response):
        for name in set(response.headers.keys()):
            if name.lower().startswith("access-control-"):
                response.headers.remove(name)
        return response
