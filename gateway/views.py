"""The door as a Django view. The server goes to `gateway.door` directly (`kms_project.wsgi`)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gateway import door


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def aws(request: HttpRequest) -> HttpResponse:
    """POST / is the AWS API; a browser that looks there is shown the console."""
    if request.method != "POST":
        return redirect("admin:index")
    status, headers, body = door.answer(request.META)
    return HttpResponse(body, status=status, headers=dict(headers))
