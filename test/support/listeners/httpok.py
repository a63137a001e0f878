"""Asks a URL at each tick and restarts a process that does not answer with 200. httpok.py MAILFILE GROUP:NAME URL"""
import sys
import urllib.error
import urllib.request

from childutils import events, mail, server

file, name, url = sys.argv[1:]
supervisor = server().supervisor


def trouble():
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return None if answer.status == 200 else 'status %d' % answer.status
    except urllib.error.HTTPError as error:
        return 'status %d' % error.code
    except OSError as error:
        return type(error).__name__


for headers, payload in events():
    if not headers['eventname'].startswith('TICK'):
        continue
    why = trouble()
    info = supervisor.getProcessInfo(name)
    if why is not None and info['statename'] == 'RUNNING':
        supervisor.stopProcess(name)
        supervisor.startProcess(name)
        mail(file, 'restarted %s, pid %d: %s' % (name, info['pid'], why))
