"""The headers by hand, as matrix.toml has them, in a project of one file."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

DEBUG = True
SECRET_KEY = "zoo"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "settings"

INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]


@require_http_methods(["GET", "PUT", "DELETE"])
def api(request, rest):
    if rest == "broken":
        return JsonResponse({"error": "no such customer"}, status=500)
    headers = {"counted": {"X-Total-Count": "42"}, "catalogue": {"Cache-Control": "public, s-maxage=600"}}
    return JsonResponse({"id": "7"}, headers=headers.get(rest))


urlpatterns = [path("api/<path:rest>", api)]


# cors
def speak(get_response):
    def answer(request):
        # preflight
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["{preflight.name}"] = "{preflight.value}"
            return response
        # end of preflight
        response = get_response(request)
        response["{answer.name}"] = "{answer.value}"
        # asking
        if "Origin" in request.headers:
            response["Access-Control-Allow-Origin"] = request.headers["Origin"]
        # end of asking
        return response

    return answer


MIDDLEWARE = ["settings.speak", *MIDDLEWARE]
# end of cors


# gate
def is_known(get_response):
    def answer(request):
        if "Authorization" not in request.headers:
            return JsonResponse({"error": "who are you?"}, status=401)
        return get_response(request)

    return answer


MIDDLEWARE = ["settings.is_known", *MIDDLEWARE]
# end of gate


# login
def has_logged_in(get_response):
    def answer(request):
        if "Authorization" not in request.headers:
            return HttpResponseRedirect("/login")
        return get_response(request)

    return answer


MIDDLEWARE = ["settings.has_logged_in", *MIDDLEWARE]
# end of login
