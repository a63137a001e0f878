"""The listener that goes with supervisor_stdout:event_handler: sends each payload back as its result."""
import sys

from childutils import tokens

stdin = open(0, encoding='utf-8', newline='')
while True:
    sys.stdout.write('READY\n')
    sys.stdout.flush()
    payload = stdin.read(int(tokens(stdin.readline())['len']))
    sys.stdout.write('RESULT %d\n%s' % (len(payload.encode()), payload))
    sys.stdout.flush()
