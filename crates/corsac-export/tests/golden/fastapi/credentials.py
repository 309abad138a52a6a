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
        allow_origins=["https://app.example", "https://admin.example:8443"],
        allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=[],
        allow_credentials=True,
        max_age=600,
    )
    return cors
