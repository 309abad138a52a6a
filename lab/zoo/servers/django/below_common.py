"""CommonMiddleware adds the slash outside of the package: its redirects and errors have no headers."""

DEBUG = True
SECRET_KEY = "zoo"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"

INSTALLED_APPS = ["corsheaders"]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "corsheaders.middleware.CorsMiddleware",
]

# cors
CORS_ALLOWED_ORIGINS = ["https://app.example"]
# end of cors
