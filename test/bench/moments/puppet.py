"""A server that is quick to start: it serves on what it inherits, else binds what it is told, and answers with its version and pid."""
import os
import select
import signal
import socket
import sys
import time


def ms(name):
    return float(open(name).read()) / 1000


def sockets(place):
    if os.environ.get('LISTEN_PID') == str(os.getpid()):
        return [socket.socket(fileno=3 + index) for index in range(int(os.environ['LISTEN_FDS']))]
    if place.startswith('/'):
        if os.path.exists(place):
            os.unlink(place)
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(place)
    else:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(('127.0.0.1', int(place)))
    bound.listen(128)
    return [bound]


version = open('version').read()
time.sleep(ms('boot'))
if version == 'broken':
    sys.exit('no such feature')
listening = sockets(sys.argv[1])
wake, waker = socket.socketpair()
waker.setblocking(False)
signal.set_wakeup_fd(waker.fileno())
signal.signal(signal.SIGTERM, lambda *_: None)
signal.signal(signal.SIGHUP, lambda *_: None)
for one in listening:
    one.setblocking(False)
leaving = False
while not leaving:
    for ready in select.select([*listening, wake], [], [])[0]:
        if ready is wake:
            told = wake.recv(100)
            leaving = leaving or signal.SIGTERM in told
            if signal.SIGHUP in told:
                shipped = open('version').read()
                version = version if shipped == 'broken' else shipped
            continue
        try:
            client, _ = ready.accept()
        except BlockingIOError:  # the other generation was first
            continue
        client.settimeout(1)
        try:
            client.recv(4096)
            body = f'{version} {os.getpid()}'.encode()
            client.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
        except OSError:  # it has gone
            pass
        client.close()
time.sleep(ms('leave'))
