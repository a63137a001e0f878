"""A listener with moods, which notes each event's serial and data: moody.py FILE MOOD
fail: answers FAIL at the first time; die: is gone without an answer at the first time; exit: answers and exits; garbage: answers nonsense at
the first time; chatty: says something between events; slow: is in no hurry; late: notes an event only after a while; empty, negative: announce
a result of that length at the first time, and say nothing more."""
import os
import re
import signal
import sys
import time

from childutils import tokens

file, mood = sys.argv[1:]
stdin = open(0, encoding='utf-8', newline='')


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def seen(serial):
    return os.path.exists(file) and re.search(r'^serial:%s ' % serial, open(file).read(), re.M)


while True:
    say('READY\n')
    line = stdin.readline()
    if not line:
        break
    headers = tokens(line)
    payload = stdin.read(int(headers['len']))
    first = not seen(headers['serial'])
    if mood == 'late':
        time.sleep(0.3)
    with open(file, 'a') as out:
        out.write('serial:%s poolserial:%s %s\n' % (headers['serial'], headers['poolserial'], payload.replace('\n', '|')))
    if mood == 'fail' and first:
        say('RESULT 4\nFAIL')
        continue
    if mood == 'die' and first:
        os.kill(os.getpid(), signal.SIGKILL)
    if mood == 'garbage' and first:
        say('RESULT two\n')
        time.sleep(3600)
    if mood in ('empty', 'negative'):
        say('RESULT %d\n' % (0 if mood == 'empty' else -1))
        time.sleep(3600)
    if mood == 'slow':
        time.sleep(0.05)
    say('RESULT 2\nOK')
    if mood == 'chatty':
        say('\n')
    if mood == 'exit':
        break
