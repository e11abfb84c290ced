"""What every answer to a browser carries: a policy that lets nothing in from outside."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# No inline script or style and no eval: the console has one script and its own style
# sheets, all served from here.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PATHS = "/console/"


class ContentSecurityPolicy:
    """Puts the policy on every page that has none, and keeps the console's out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if request.path.startswith(PATHS):
            response.headers["Cache-Control"] = "no-store"
        return response
