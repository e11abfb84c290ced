"""The door as a Django view."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from xks_proxy import door


@csrf_exempt
def proxy(request: HttpRequest, prefix: str = "", path: str = "") -> HttpResponse:
    return door.answer(request, prefix, path)
