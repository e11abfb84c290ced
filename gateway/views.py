"""The door as a Django view. The server goes to `gateway.door` directly (`kms_project.wsgi`)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt

from gateway import door
from gateway.request import Request


@csrf_exempt
def aws(request: HttpRequest) -> HttpResponse:
    """POST / is the AWS API; a browser that looks there is shown the console."""
    if request.method == "POST" or Request.of(request.META).is_for_this_door:
        return _answered(request)
    if request.method in ("GET", "HEAD"):
        return redirect("admin:index")
    return HttpResponseNotAllowed(["GET", "HEAD", "POST"])


@csrf_exempt
def elsewhere(request: HttpRequest) -> HttpResponse:
    """An address that is nobody's. Who asks AWS's API there is told so in AWS's way."""
    if Request.of(request.META).is_for_this_door:
        return _answered(request)
    raise Http404


def _answered(request: HttpRequest) -> HttpResponse:
    status, headers, body = door.answer(request.META)
    return HttpResponse(body, status=status, headers=dict(headers))
