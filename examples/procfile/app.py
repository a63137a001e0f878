import os

try:
    from flask import Flask

    app = Flask(__name__)

    @app.get("/")
    def hello():
        return f"hello from pid {os.getpid()}\n"

except ImportError:  # the same without Flask

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"hello from pid {os.getpid()}\n".encode()]
