"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from blackgem.api import urls as api_urls
from blackgem.health import healthz
from blackgem.lib.access import public_page
from blackgem.theme import choose_theme

urlpatterns = [
    re_path(r"^healthz/?$", public_page(healthz), name="healthz"),
    path("sign-in/", public_page(LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("sign-out/", public_page(LogoutView.as_view()), name="logout"),
    path("theme/", public_page(choose_theme), name="theme"),
    path("api/", api_urls),
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
    path("", include("capital.urls")),
    path("", include("distributions.urls")),
    path("", include("funds.urls")),
]

handler400 = "blackgem.middleware.bad_request"
handler403 = "blackgem.middleware.forbidden"
handler404 = "blackgem.middleware.not_found"
handler500 = "blackgem.middleware.server_error"
