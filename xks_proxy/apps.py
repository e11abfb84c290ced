from django.apps import AppConfig


class XksProxyConfig(AppConfig):
    name = "xks_proxy"
