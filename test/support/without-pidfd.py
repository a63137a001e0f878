"""Starts a program for which pidfd_open and pidfd_getfd are refused, as the seccomp profile of a container may do: python3 without-pidfd.py PROGRAM..."""
import ctypes
import os
import struct
import sys

PIDFD_OPEN, PIDFD_GETFD = 434, 438  # on every architecture
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM

rules = [
    (LOAD, 0, 0, 0),
    (EQUALS, 1, 0, PIDFD_OPEN),
    (EQUALS, 0, 1, PIDFD_GETFD),
    (RETURN, 0, 0, REFUSE),
    (RETURN, 0, 0, ALLOW),
]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *rule) for rule in rules))
program = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(rules), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:
    sys.exit('no filter: ' + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
