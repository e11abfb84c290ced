from django.urls import path

from iam import api

urlpatterns = [path("whoami", api.Whoami.as_view())]
