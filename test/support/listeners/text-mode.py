"""A listener that reads text, as most in Python do: `len` counts characters to it. Notes each event in the file that it is given."""
import sys

while True:
    print('READY', flush=True)
    head = dict(word.split(':', 1) for word in sys.stdin.readline().split())
    body = sys.stdin.read(int(head['len']))
    with open(sys.argv[1], 'a', encoding='utf-8') as notes:
        notes.write(head['eventname'] + ' ' + body.split('\n', 1)[-1].rstrip('\n') + '\n')
    print('RESULT 2\nOK', end='', flush=True)
