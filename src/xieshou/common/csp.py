"""The Content-Security-Policy: nothing inline, nothing evaluated, nothing from another host."""

from collections.abc import Callable, MutableMapping

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # data: Bootstrap's own icons are data URLs inside its style sheet
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def add_policy(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """The policy on static files, which WhiteNoise answers before the middleware is reached."""
    headers["Content-Security-Policy"] = POLICY


class ContentSecurityPolicyMiddleware:
    """Sets the policy on every answer, error pages included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response
