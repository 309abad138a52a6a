# The policy `app` for FastAPI and Starlette, made by `corsac export`.
# Save it as cors_policy.py; then app = with_cors(app) as the last line of your module.
# - 403 for refused preflights: it is answered 400 with the policy's lists, and without Access-Control-Allow-Origin, so that the browser refuses it
# - removal of the application's own CORS headers: they stay: take Access-Control-* out of your handlers, or they speak beside the policy
# - `Vary`: older versions leave it out where the origin is refused or there is none: a shared cache in front may then give an allowed page a copy without headers

from starlette.middleware.cors import CORSMiddleware


def with_cors(app):
    """The application, with CORS around all of it, unhandled errors included."""
    cors = CORSMiddleware(
        app,
        allow_origins=["https://app.example", "tauri://localhost", "https://xn--bcher-kva.example:8443"],
        allow_origin_regex="https://([a-z0-9_-]+\\.)+app\\.example|http://localhost(:[1-9][0-9]{0,4})?",
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"],
        allow_headers=["Authorization", "Content-Type", "X-Request-Id"],
        expose_headers=["X-Request-Id", "X-Total"],
        allow_credentials=True,
        max_age=7200,
    )
    return cors
