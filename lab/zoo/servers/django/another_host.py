"""The host by which the API is called is not in ALLOWED_HOSTS, so Django answers 400."""

DEBUG = False
SECRET_KEY = "zoo"
ALLOWED_HOSTS = ["api.example.com"]
ROOT_URLCONF = "urls"

INSTALLED_APPS = ["corsheaders"]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]

CORS_ALLOWED_ORIGINS = ["https://app.example"]
CORS_ALLOW_CREDENTIALS = True
