from django.urls import path

from xieshou.access import views
from xieshou.common.languages import SWITCH_PATH

app_name = "access"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("password/", views.ChangePassword.as_view(), name="change-password"),
    path(SWITCH_PATH, views.SwitchLanguage.as_view(), name="switch-language"),
    path("users/", views.Users.as_view(), name="users"),
    path("users/<int:user_id>/", views.UserPage.as_view(), name="user"),
]
