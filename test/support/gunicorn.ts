/** Debian's gunicorn with an app that is slow to import, as the tests, the demo and the benches use it: an unmodified command line. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Target } from './load.ts';
import type { Rig } from './rig.ts';

export const gunicornNeeds = { command: 'gunicorn', apt: 'gunicorn' } as const;

/** Each version answers with its name. */
export function appText(version: string, importSecs: number): string {
  return `import time
time.sleep(${importSecs})
def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'${version}\\n']
`;
}

export interface SiteOptions {
  readonly bind: 'tcp' | 'unix';
  readonly gunicorn?: string;
  readonly program?: string;
}

export async function gunicornSite(options: SiteOptions): Promise<{ section: string; target: (rig: Rig) => Target }> {
  const port = options.bind === 'tcp' ? await freePort() : 0;
  const bind = options.bind === 'tcp' ? `127.0.0.1:${port}` : 'unix:DIR/web.sock';
  return {
    section: `[program:web]
command=/usr/bin/gunicorn -w 2 -b ${bind} ${options.gunicorn ?? ''} app:app
directory=DIR
redirect_stderr=true
stdout_logfile=DIR/web.log
reload_strategy=rolling
${options.program ?? ''}`,
    target: ({ dir }) => (options.bind === 'tcp' ? { host: '127.0.0.1', port } : { socketPath: join(dir, 'web.sock') }),
  };
}

export function ship(rig: Rig, app: string): void {
  writeFileSync(join(rig.dir, 'app.py'), app);
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
