"""Template tags for scripts and styles."""

import json

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lab.web import packages
from lab.web.assets import PACKAGES_PREFIX

register = template.Library()

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def import_map(context: RequestContext) -> SafeString:
    """Tell the browser where the packages are that our modules import by bare name.

    It must stand before the first module script.
    """
    urls = {
        name: static(f"{PACKAGES_PREFIX}/{file}")
        for name, file in packages.entries(settings.NODE_MODULES).items()
    }
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(json.dumps({"imports": urls}).translate(_ESCAPES)),  # noqa: S308 - escaped here
    )
