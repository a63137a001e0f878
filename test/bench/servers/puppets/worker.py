"""A worker that takes jobs, files of `queue/`, one after the other; whoever renames one has it. On TERM it finishes what it has."""
import os
import signal
import time

version = open('version').read()
time.sleep(float(open('boot').read()))
leaving = False


def leave(*_):
    global leaving
    leaving = True


signal.signal(signal.SIGTERM, leave)
print('ready', flush=True)
while not leaving:
    for name in sorted(os.listdir('queue')):
        if leaving:
            break
        try:
            os.rename('queue/' + name, 'taken/' + name)
        except FileNotFoundError:  # another one has it
            continue
        time.sleep(0.005)  # the job
        with open('done', 'a') as done:
            done.write(f'{name} {version} {os.getpid()}\n')
        os.unlink('taken/' + name)
    else:
        time.sleep(0.005)
