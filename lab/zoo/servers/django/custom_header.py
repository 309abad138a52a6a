"""The package's own list of headers has no X-API-Key in it."""

DEBUG = True
SECRET_KEY = "zoo"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"

INSTALLED_APPS = ["corsheaders"]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]

# cors
CORS_ALLOWED_ORIGINS = ["https://app.example"]
# end of cors
