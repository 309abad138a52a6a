# The policy `app` for Django with django-cors-headers, made by `corsac export`.
# Put it at the end of settings.py, after INSTALLED_APPS and MIDDLEWARE.
# - 403 for refused preflights: it is answered 200 without any of the headers, so that the browser refuses it
# - headers on errors: only where the middleware stands first, as these lines put it
# - removal of the application's own CORS headers: they stay where the policy has no word of its own: take Access-Control-* out of your views
# - preflights before authentication: only where the middleware stands first, as these lines put it

# pip install django-cors-headers
INSTALLED_APPS = ["corsheaders", *INSTALLED_APPS]
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]

CORS_ALLOW_ALL_ORIGINS = False
CORS_ALLOWED_ORIGINS = ["https://app.example"]
CORS_ALLOWED_ORIGIN_REGEXES = []
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["PUT"]
CORS_ALLOW_HEADERS = ["Content-Type"]
CORS_EXPOSE_HEADERS = []
CORS_PREFLIGHT_MAX_AGE = 0
CORS_ALLOW_PRIVATE_NETWORK = False
CORS_URLS_REGEX = "^.*$"
