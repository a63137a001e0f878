"""Restarts a process that has grown beyond a limit, at each tick. memmon.py MAILFILE GROUP:NAME=KIB"""
import sys

from childutils import events, mail, server

name, limit = sys.argv[2].split('=')
supervisor = server().supervisor


def resident(pid):
    with open('/proc/%d/status' % pid) as status:
        return next((int(line.split()[1]) for line in status if line.startswith('VmRSS:')), 0)


for headers, payload in events():
    if not headers['eventname'].startswith('TICK'):
        continue
    for info in supervisor.getAllProcessInfo():
        if '%(group)s:%(name)s' % info != name or info['pid'] == 0:
            continue
        size = resident(info['pid'])
        if size > int(limit):
            supervisor.stopProcess(name)
            supervisor.startProcess(name)
            mail(sys.argv[1], 'restarted %s, pid %d was too big' % (name, info['pid']))
