/** WSGI and ASGI servers. */
import { appText, gunicornNeeds } from '../../../support/gunicorn.ts';
import { asgiText, brokenPython } from '../apps.ts';
import { bootSecs, type ServerRow, type Site } from '../row.ts';

const wsgi = (version: string) => ({ 'app.py': appText(version, bootSecs) });
const asgi = (version: string) => ({ 'app.py': asgiText(version) });
const broken = () => brokenPython;

const gunicornHup = 'HUP retires the old workers at once: requests wait for as long as the app takes to load';
const restarts = 'between stop and start nobody listens';

function gunicorn(kind: string, options: string, more: Partial<ServerRow> = {}): ServerRow {
  return {
    name: `gunicorn ${kind}`,
    needs: [gunicornNeeds],
    says: ['gunicorn', '--version'],
    program: ({ port }) => `command=/usr/bin/gunicorn -w 2 ${options} -b 127.0.0.1:${port} app:app`,
    files: wsgi,
    broken,
    why: { hup: gunicornHup, restart: restarts },
    ...more,
  };
}

export const gunicornSync = gunicorn('sync', '');

export const uvicorn: ServerRow = {
  name: 'uvicorn',
  needs: [{ command: 'uvicorn', apt: 'uvicorn' }],
  says: ['uvicorn', '--version'],
  program: ({ port }) => `command=/usr/bin/uvicorn --host 127.0.0.1 --port ${port} app:app`,
  files: asgi,
  broken,
  why: { hup: 'HUP ends a uvicorn of one process', restart: restarts },
};

export const python: readonly ServerRow[] = [
  gunicornSync,
  gunicorn('gthread', '-k gthread --threads 4', {
    whyKept: {
      rolling: 'gthread of 20.1 closes idle connections on TERM without having said so: a request may cross it',
      hup: `${gunicornHup}; gthread of 20.1 closes idle connections without having said so`,
    },
  }),
  gunicorn('gevent', '-k gevent', {
    needs: [gunicornNeeds, { command: '/usr/lib/python3/dist-packages/gevent', apt: 'python3-gevent' }],
  }),
  gunicorn('uvicorn workers', '-k uvicorn.workers.UvicornWorker', {
    needs: [gunicornNeeds, { command: 'uvicorn', apt: 'uvicorn' }],
    files: asgi,
  }),
  uvicorn,
  {
    name: 'hypercorn',
    needs: [{ command: 'hypercorn', apt: 'python3-hypercorn' }],
    says: [
      '/usr/bin/python3',
      '-c',
      'from importlib.metadata import version; print("hypercorn", version("hypercorn"))',
    ],
    program: ({ port }) => `command=/usr/bin/hypercorn -b 127.0.0.1:${port} app:app`,
    files: asgi,
    broken,
    why: { hup: 'HUP ends this version of hypercorn', restart: restarts },
    whyKept: {
      rolling:
        'hypercorn leaves without having said `Connection: close`: each kept connection is reset once, and a client that sends again loses nothing',
    },
  },
  {
    name: 'uWSGI',
    needs: [
      { command: 'uwsgi', apt: 'uwsgi' },
      { command: '/usr/lib/uwsgi/plugins/python3_plugin.so', apt: 'uwsgi-plugin-python3' },
    ],
    says: ['uwsgi', '--version'],
    program: uwsgi,
    files: wsgi,
    broken,
    why: {
      hup: 'HUP starts it anew under the same pid: requests wait for as long as the app takes to load',
      restart: restarts,
    },
  },
];

function uwsgi({ port }: Site): string {
  const graceful = '--hook-master-start "unix_signal:15 gracefully_kill_them_all"';
  return `command=/usr/bin/uwsgi --plugin python3 --http-socket 127.0.0.1:${port} --module app:app --master --processes 2 --need-app ${graceful}`;
}
