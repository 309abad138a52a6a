# The policy `app` for FastAPI and Starlette, made by `corsac export`.
# Save it as cors_policy.py; then app = with_cors(app) as the last line of your module.
# - any origin (`*`): the headers are on answers to requests with Origin alone, and caches are told so
# - removal of the application's own CORS headers: they stay: take Access-Control-* out of your handlers, or they speak beside the policy

from starlette.middleware.cors import CORSMiddleware


def with_cors(app):
    """The application, with CORS around all of it, unhandled errors included."""
    cors = CORSMiddleware(
        app,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Content-Type", "X-Api-Key"],
        expose_headers=["*"],
        allow_credentials=False,
        max_age=7200,
    )
    return cors
