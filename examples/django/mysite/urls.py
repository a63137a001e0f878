import os

from django import get_version
from django.http import HttpResponse
from django.urls import path


def hello(request):
    return HttpResponse(f"hello from pid {os.getpid()}, Django {get_version()}\n", content_type="text/plain")


urlpatterns = [path("", hello)]
