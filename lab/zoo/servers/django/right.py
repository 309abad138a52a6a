"""Healthy: the package's middleware is the first."""

DEBUG = True
SECRET_KEY = "zoo"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"

INSTALLED_APPS = ["corsheaders"]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]

CORS_ALLOWED_ORIGINS = ["https://app.example"]
CORS_ALLOW_CREDENTIALS = True
