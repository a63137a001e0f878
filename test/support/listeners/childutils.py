"""What event listeners in Python commonly share: the protocol on standard input and output, the payload's tokens, and calls to the server that
SUPERVISOR_SERVER_URL names. Mail goes to a file, one line a mail."""
import http.client
import os
import socket
import sys
import xmlrpc.client


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost')
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        # One connection for all calls: it idles between two events.
        if self._connection == (None, None):
            self._connection = host, UnixConnection(self.path)
        return self._connection[1]


def server():
    """The server's methods: server().supervisor.getState()."""
    url = os.environ['SUPERVISOR_SERVER_URL']
    if url.startswith('unix://'):
        return xmlrpc.client.ServerProxy('http://localhost/RPC2', UnixTransport(url[len('unix://'):]))
    return xmlrpc.client.ServerProxy(url + '/RPC2')


def tokens(line):
    return dict(token.split(':', 1) for token in line.split())


def events():
    """Yields (headers, payload) of each event; it is accepted when the next one is asked for."""
    stdin = open(0, encoding='utf-8', newline='')
    while True:
        sys.stdout.write('READY\n')
        sys.stdout.flush()
        line = stdin.readline()
        if not line:
            return
        headers = tokens(line)
        yield headers, stdin.read(int(headers['len']))
        sys.stdout.write('RESULT 2\nOK')
        sys.stdout.flush()


def mail(file, text):
    with open(file, 'a', encoding='utf-8') as out:
        out.write(text.replace('\n', '|') + '\n')
