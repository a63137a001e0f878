"""Collects processes that went FATAL and mails them together at the next tick. fatalmailbatch.py MAILFILE"""
import sys

from childutils import events, mail, tokens

batch = []
for headers, payload in events():
    if headers['eventname'] == 'PROCESS_STATE_FATAL':
        process = tokens(payload)
        batch.append('%(groupname)s:%(processname)s from %(from_state)s' % process)
    elif headers['eventname'].startswith('TICK') and batch:
        mail(sys.argv[1], 'failed to start too many times: ' + ', '.join(sorted(batch)))
        batch = []
