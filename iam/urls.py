from django.urls import path

from iam import api

urlpatterns = [
    path("whoami", api.Whoami.as_view()),
    path("role-sessions", api.RoleSessions.as_view()),
    path("user-sessions", api.UserSessions.as_view()),
]
