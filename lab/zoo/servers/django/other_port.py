"""The list has the port of another dev server."""

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
CORS_ALLOWED_ORIGINS = ["http://localhost:3000"]
# end of cors
