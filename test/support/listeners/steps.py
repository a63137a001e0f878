"""Writes its texts one by one, each when the file NAME.1, NAME.2, ... is there, so that each is a chunk of its own; then says so on standard error. steps.py NAME TEXT..."""
import os
import sys
import time

name, *texts = sys.argv[1:]
for i, text in enumerate(texts, 1):
    while not os.path.exists('%s.%d' % (name, i)):
        time.sleep(0.01)
    os.write(1, text.encode('latin-1').decode('unicode_escape').encode('latin-1'))
    os.write(2, b'step %d\n' % i)
time.sleep(3600)
