"""A few orders, for whoever may see them."""

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def orders(request):
    return JsonResponse({"orders": [{"id": 7}]})


@csrf_exempt
def order(request, order):
    return JsonResponse({"id": order})
