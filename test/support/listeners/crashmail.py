"""Mails whenever a process exits unexpectedly. crashmail.py MAILFILE"""
import sys

from childutils import events, mail, tokens

for headers, payload in events():
    if headers['eventname'] != 'PROCESS_STATE_EXITED':
        continue
    process = tokens(payload)
    if process['expected'] == '0':
        text = 'Process %(processname)s in group %(groupname)s exited unexpectedly (pid %(pid)s) from state %(from_state)s'
        mail(sys.argv[1], text % process)
