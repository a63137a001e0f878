"""A server that makes its own successor on USR2, as tableflip does: it executes itself with its socket, waits until that one says that it
serves, and ends. `workers` children that it forks serve; a helper that it executes does not. What it does is in its directory's files:
`version` is the body, `boot` the seconds before it listens, `broken` ends it before that, `stays` keeps the old one until it is told to go."""
import os, signal, socket, subprocess, sys, time

MARK = 'TABLEFLIP_HAS_PARENT_7DIU3'

def text(name, usual=''):
    try:
        with open(name) as file:
            return file.read().strip()
    except FileNotFoundError:
        return usual

inherited = MARK in os.environ
version = text('version', 'v1')
time.sleep(float(text('boot', '0')))
if os.path.exists('broken'):
    print('no such module', file=sys.stderr, flush=True)
    sys.exit(3)
if inherited:
    listener = socket.socket(fileno=int(os.environ['HANDED_FD']))
else:
    listener = socket.create_server(('127.0.0.1', int(sys.argv[1])), backlog=128)

def serve():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        connection.recv(65536)
        body = f'{version} {os.getppid()}\n'.encode()
        connection.sendall(b'HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
        connection.close()

workers = []
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        serve()
    workers.append(pid)
helper = subprocess.Popen(['sleep', '1000'])

def leave(*_):
    # A worker that is told to go while it answers would cut that answer: each is told by a request of our own.
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    helper.kill()
    helper.wait()
    for pid in workers:
        os.waitpid(pid, 0)
    os._exit(0)

def successor(*_):
    reader, writer = os.pipe()
    environment = {**os.environ, MARK: 'yes', 'HANDED_FD': str(listener.fileno()), 'READY_FD': str(writer)}
    child = subprocess.Popen([sys.executable, *sys.argv], env=environment, pass_fds=[listener.fileno(), writer])
    os.close(writer)
    if os.read(reader, 1) == b'r' and not os.path.exists('stays'):
        leave()
    os.close(reader)
    if child.poll() is None and os.path.exists('stays'):
        return
    child.wait()

signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGUSR2, successor)
if inherited:
    os.write(int(os.environ['READY_FD']), b'r')
    os.close(int(os.environ['READY_FD']))
print(f'serving {version} as {os.getpid()}', flush=True)
while True:
    signal.pause()
