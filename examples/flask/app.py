import os
from importlib.metadata import version

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return f"hello from pid {os.getpid()}, Flask {version('flask')}\n"
