"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from blackgem.api import urls as api_urls
from blackgem.health import healthz
from blackgem.lib.access import public_page
from blackgem.manual import manual_page, manual_picture
from blackgem.saved_views import remove, save
from blackgem.theme import choose_theme

urlpatterns = [
    re_path(r"^healthz/?$", public_page(healthz), name="healthz"),
    path("theme/", public_page(choose_theme), name="theme"),
    path("views/", save, name="view_save"),
    path("views/<int:view_id>/remove/", remove, name="view_remove"),
    path("help/", manual_page, name="manual"),
    path("help/_images/<str:name>", manual_picture, name="manual_picture"),
    path("help/<path:page>/", manual_page, name="manual_page"),
    path("api/", api_urls),
    path("admin/", admin.site.urls),
    path("", include("blackgem.identity.urls")),
    path("", include("portal.urls")),
    path("", include("dashboard.urls")),
    path("", include("closings.urls")),
    path("", include("banking.urls")),
    path("", include("fees.urls")),
    path("", include("capital.urls")),
    path("", include("distributions.urls")),
    path("", include("funds.urls")),
]

handler400 = "blackgem.middleware.bad_request"
handler403 = "blackgem.middleware.forbidden"
handler404 = "blackgem.middleware.not_found"
#: Asked for by the limits on guessing.
handler429 = "blackgem.middleware.too_many_requests"
handler500 = "blackgem.middleware.server_error"
