"""As `django-admin startproject mysite` writes it; without Django, a page in its place."""
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
try:
    import mysite.settings  # noqa: F401
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
except ImportError:

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello from pid %d\n" % os.getpid()]
