"""The door as a Django view. The server goes to `gateway.door` directly (`kms_project.wsgi`)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gateway import door


@csrf_exempt
@require_POST
def aws(request: HttpRequest) -> HttpResponse:
    """POST /"""
    status, headers, body = door.answer(request.META)
    return HttpResponse(body, status=status, headers=dict(headers))
