"""Which language a page speaks, and the address of the switch, which every page offers, also before sign-in."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

SWITCH_PATH = "language/"


class LanguageMiddleware(LocaleMiddleware):
    """What the person chose, else Chinese, unless the browser asks for English and for no Chinese at all.

    A browser installed in English names Chinese second; its reader is at home in both and the office speaks Chinese.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and _asks_for_chinese(request):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language()


def _asks_for_chinese(request: HttpRequest) -> bool:
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return any(code.partition("-")[0] == "zh" for code, _weight in asked)
