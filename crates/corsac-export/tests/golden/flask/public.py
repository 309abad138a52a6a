# The policy `app` for Flask with Flask-CORS, made by `corsac export`.
# Save it as cors_policy.py; then init_cors(app) on the line after app = Flask(__name__).

from flask import Response, request
from flask_cors import CORS  # pip install flask-cors


def init_cors(app):
    """Puts the policy around all of the application, its errors included."""

    def answer_preflight():
        origin = request.headers.get("Origin")
        if origin is None:
            return None
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return Response(status=204) if preflight else None

    # First of all, so that nobody asks a preflight who it is.
    app.before_request_funcs.setdefault(None, []).insert(0, answer_preflight)

    CORS(
        app,
        origins="*",
        send_wildcard=True,
        always_send=True,
        methods=["GET", "HEAD", "POST"],
        allow_headers=["Content-Type", "X-Api-Key"],
        expose_headers=["*"],
        supports_credentials=False,
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
