import os


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    text = b"hello from pid %d\n" % os.getpid()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text})
