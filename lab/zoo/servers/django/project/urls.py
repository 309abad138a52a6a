"""The same views under every settings.py of the zoo."""

from django.urls import path

import views

urlpatterns = [
    path("api/orders/", views.orders),
    path("api/orders/<int:order>", views.order),
]
