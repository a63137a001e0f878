"""Real supervisord's configuration reader behind a pipe: one JSON case a line in, one JSON answer a line out.

A case: {"files": {path: text}, "main": path, "environment": {...}, "directory": d, "user": null|text}. Files are written below `directory`,
read as supervisord reads them, and removed (with "unchanged" in every point). The answer holds the effective configuration in plain words, or the error.
"""
import fnmatch
import grp
import io
import json
import os
import pwd
import sys
import warnings

warnings.simplefilter('ignore')
from supervisor import options as o  # noqa: E402
from supervisor import datatypes, loggers  # noqa: E402
from supervisor.compat import ConfigParser  # noqa: E402
from supervisor.datatypes import (  # noqa: E402
    Automatic, RestartUnconditionally, RestartWhenExitUnexpected, name_to_uid)
from supervisor.events import getEventNameByType  # noqa: E402


def later_cut(line):
    """Where Python 3.13 cuts the line: at the first comment character after a blank."""
    for i, char in enumerate(line):
        if char in ';#' and (i == 0 or line[i - 1].isspace()):
            return i
    return sys.maxsize


def earlier_cut(line):
    """Where Python up to 3.12 cuts it."""
    start = sys.maxsize
    prefixes = {';': -1, '#': -1}
    while start == sys.maxsize and prefixes:
        following = {}
        for prefix, index in prefixes.items():
            index = line.find(prefix, index + 1)
            if index == -1:
                continue
            following[prefix] = index
            if index == 0 or (index > 0 and line[index - 1].isspace()):
                start = min(start, index)
        prefixes = following
    return start


def log(value):
    return 'AUTO' if value is Automatic else (value or None)


def process(p):
    restart = {RestartUnconditionally: True, RestartWhenExitUnexpected: 'unexpected', False: False}[p.autorestart]
    out = {'name': p.name, 'autorestart': restart, 'environment': p.environment, 'serverurl': p.serverurl}
    for name in p.req_param_names:
        if name not in out:
            out[name] = getattr(p, name)
    for channel in ('stdout', 'stderr'):
        out[channel + '_logfile'] = log(out[channel + '_logfile'])
    return out


def group(g):
    out = {'kind': 'plain', 'name': g.name, 'priority': g.priority, 'processes': [process(p) for p in g.process_configs]}
    if isinstance(g, o.FastCGIGroupConfig):
        s = g.socket_config
        out.update(kind='fcgi', socket=s.url, backlog=s.get_backlog(),
                   owner=getattr(s, 'owner', None), mode=getattr(s, 'mode', None))
    elif isinstance(g, o.EventListenerPoolConfig):
        out.update(kind='eventlistener', buffer_size=g.buffer_size,
                   events=sorted(getEventNameByType(e) for e in g.pool_events))
    return out


def server(c):
    inet = 'host' in c
    # without a user name nothing is asked for
    known = bool(c['username'])
    out = {'section': c['section'], 'username': c['username'] if known else None,
           'password': c['password'] if known else None}
    out.update({'host': c['host'], 'port': c['port']} if inet else
               {'file': c['file'], 'chmod': c['chmod'], 'chown': list(c['chown'])})
    return out


def daemon(s):
    names = ('minfds minprocs directory umask logfile logfile_maxbytes logfile_backups pidfile identifier '
             'nodaemon silent childlogdir nocleanup strip_ansi').split()
    out = {name: getattr(s, name) for name in names}
    if out['logfile'] != 'syslog':
        out['logfile'] = o.normalize_path(out['logfile'])
    out['pidfile'] = o.normalize_path(out['pidfile'])
    out['childlogdir'] = os.path.abspath(out['childlogdir'])
    out['loglevel'] = loggers.getLevelNumByDescription(s.loglevel) if isinstance(s.loglevel, str) else s.loglevel
    out['uid'] = None if s.user is None else name_to_uid(s.user)
    return out


# Two of hupd's deviations, taken over so that the rest can be compared: `[supervisord] environment` and the log files are
# expanded once.
plain_getdefault = o.UnhosedConfigParser.getdefault
plain_expand = o.expand


def getdefault(parser, option, *args, **kwargs):
    if option == 'environment':
        kwargs['do_expand'] = False
    return plain_getdefault(parser, option, *args, **kwargs)


def expand(text, names, where):
    return text if where in ('stdout_logfile', 'stderr_logfile') else plain_expand(text, names, where)



def take_over(deviations):
    o.UnhosedConfigParser.getdefault = getdefault if deviations else plain_getdefault
    o.expand = expand if deviations else plain_expand


def answer(case, options, original_environ):
    os.environ.clear()
    os.environ.update(original_environ)
    os.environ.update(case['environment'])
    options.environ_expansions = {'ENV_' + k: v for k, v in case['environment'].items()}
    options.configfile = case['main']
    options.here = os.path.abspath(os.path.dirname(case['main']))
    options.configroot.supervisord = o.Dummy()
    try:
        s = options.read_config(case['main'])
        return {'ok': True, 'daemon': daemon(s), 'groups': [group(g) for g in s.process_group_configs],
                'servers': [server(c) for c in s.server_configs],
                'rpc': [[name, factory.__name__, sorted(extras)] for name, factory, extras in s.rpcinterface_factories],
                'warnings': options.parse_warnings, 'infos': options.parse_infos}
    except ValueError as why:
        return {'ok': False, 'error': str(why)}
    except Exception as why:  # what supervisord would die of with a traceback
        return {'ok': False, 'crash': '%s: %s' % (type(why).__name__, why)}


REAL = (os.path.isdir, pwd.getpwnam, pwd.getpwuid, grp.getgrnam)


def pretend(case):
    """With "anywhere" every directory and every user is there, as 1000; the files of a case are for another machine."""
    somebody = ('u', 'x', 1000, 1000, '', '/home/u', '/bin/sh')
    fake = (lambda path: True, lambda name: somebody, lambda uid: somebody, lambda name: ('g', 'x', 1000, []))
    os.path.isdir, pwd.getpwnam, pwd.getpwuid, grp.getgrnam = fake if case.get('anywhere') else REAL


def ctl_answer(case):
    options = o.ClientOptions()
    options.environ_expansions = {'ENV_' + k: v for k, v in case['environment'].items()}
    try:
        s = options.read_config(case['main'])
        return {'ok': True, 'serverurl': s.serverurl, 'prompt': s.prompt, 'username': s.username,
                'password': s.password, 'history_file': s.history_file}
    except ValueError as why:
        return {'ok': False, 'error': str(why)}
    except ConfigParser.Error as why:
        return {'ok': False, 'crash': str(why)}


def quirky(case):
    """A line that this Python cuts in another place than later ones do."""
    return any(later_cut(line) != earlier_cut(line) and not line.strip().startswith((';', '#'))
               for text in case['files'].values()
               for line in text.replace('\r\n', '\n').replace('\r', '\n').splitlines(True))


def sections_answer(case):
    parser = o.UnhosedConfigParser()
    try:
        parser.read_file(io.StringIO(case['ini'], newline=None), case['source'])
    except ConfigParser.ParsingError as why:
        return {'error': str(why)}
    return {'sections': [[name, list(parser._sections[name].items())] for name in parser.sections()],
            'defaults': list(parser.defaults().items())}


def expand_answer(case):
    try:
        return {'value': o.expand(case['text'], case['names'], 'where')}
    except ValueError as why:
        return {'error': str(why)}


def environment_answer(case):
    try:
        return {'value': list(o.dict_of_key_value_pairs(case['environment_text']).items())}
    except ValueError as why:
        return {'error': str(why)}


def primitive_answer(case):
    if 'pattern' in case:
        return {'value': fnmatch.filter(case['among'], case['pattern'])}
    if 'path' in case:
        path = case['path']
        return {'value': [os.path.normpath(path), os.path.dirname(path), os.path.basename(path)]}
    if 'url' in case:
        try:
            return {'value': bool(datatypes.url(case['url']))}
        except ValueError:
            return {'value': False}
    try:
        return {'value': bytes.fromhex(case['bytes']).decode('utf-8')}
    except UnicodeDecodeError as why:
        return {'error': str(why)}


def main():
    options = o.ServerOptions()
    original_environ = {k: v for k, v in os.environ.items() if k in ('PATH', 'LANG', 'LC_ALL')}
    for line in sys.stdin:
        case = json.loads(line)
        if 'text' in case:
            out = expand_answer(case)
        elif 'environment_text' in case:
            out = environment_answer(case)
        elif 'files' not in case and 'ini' not in case:
            out = primitive_answer(case)
        elif 'ini' in case:
            out = sections_answer(case)
            out['quirky'] = quirky({'files': {'': case['ini']}})
        else:
            take_over(not case.get('unchanged'))
            os.makedirs(case['directory'], exist_ok=True)
            os.chdir(case['directory'])
            for path, text in case['files'].items():
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'wb') as f:
                    f.write(text.encode('utf-8', 'surrogateescape'))
            pretend(case)
            out = ctl_answer(case) if case.get('ctl') else answer(case, options, original_environ)
            out['quirky'] = quirky(case)
            if not case.get('keep'):
                os.chdir('/')
                for path in case['files']:
                    os.unlink(path)
        sys.stdout.write(json.dumps(out) + '\n')
        sys.stdout.flush()


main()
