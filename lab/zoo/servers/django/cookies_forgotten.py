"""Cookies were never allowed: CORS_ALLOW_CREDENTIALS is False unless it is set."""

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
