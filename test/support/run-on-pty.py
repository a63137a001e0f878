# Runs a command on a pseudo-terminal: waits for a pattern in what it shows, types, and so on. Steps come as JSON on stdin, what was shown
# and the exit status go out as JSON.
import json, os, pty, re, select, signal, struct, sys, time, fcntl, termios

BOUND = 15.0
job = json.load(sys.stdin)
pid, fd = pty.fork()
if pid == 0:
    os.chdir(job["cwd"])
    os.execvpe(job["command"][0], job["command"], job["env"])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 25, job.get("columns", 80), 0, 0))
shown = ""
seen = 0  # what was matched is not matched again
problem = None


def more(until):
    global shown
    left = until - time.monotonic()
    if left <= 0 or not select.select([fd], [], [], left)[0]:
        raise TimeoutError()
    data = os.read(fd, 65536)
    if not data:
        raise EOFError()
    shown += data.decode("utf-8", "replace")


for pattern, keys in job["steps"]:
    until = time.monotonic() + BOUND
    try:
        while not (match := re.compile(pattern, re.M).search(shown, seen)):
            more(until)
    except (TimeoutError, EOFError, OSError) as error:
        problem = "%s while waiting for %r" % (type(error).__name__, pattern)
        break
    seen = match.end()
    os.write(fd, keys.encode())
try:
    until = time.monotonic() + (BOUND if problem is None else 0.1)
    while True:
        more(until)
except TimeoutError:  # it is an OSError too
    problem = problem or "TimeoutError while waiting for the end"
    os.kill(pid, signal.SIGKILL)
except (EOFError, OSError):
    pass
_, status = os.waitpid(pid, 0)
json.dump({"shown": shown, "status": os.waitstatus_to_exitcode(status), "problem": problem}, sys.stdout)
