"""An event listener after supervisord's documentation: reads text, counts characters, and writes each event as a line of JSON to the file it is given."""
import json
import sys

stdin = open(0, encoding='utf-8', newline='')
out = open(sys.argv[1], 'a', encoding='utf-8')
while True:
    sys.stdout.write('READY\n')
    sys.stdout.flush()
    header = stdin.readline()
    if not header:
        break
    tokens = dict(token.split(':', 1) for token in header.split())
    payload = stdin.read(int(tokens['len']))
    out.write(json.dumps({'header': header, 'payload': payload}) + '\n')
    out.flush()
    sys.stdout.write('RESULT 2\nOK')
    sys.stdout.flush()
