// `npm start`: hupd in the foreground on the sample of conf.d/, after the commands to try next.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';

mkdirSync('conf.d/run', { recursive: true, mode: 0o700 });
console.log(`
hupd runs conf.d/hupd.conf in the foreground; ^C ends it. The web server of the sample takes 5 s to boot.
Try in another terminal, in this directory:

  bin/hupctl -c conf.d/hupd.conf status
  curl http://127.0.0.1:8000/                    # waits while the server boots
  bin/hupctl -c conf.d/hupd.conf reload web      # a new process, and not a request lost
  bin/hupctl -c conf.d/hupd.conf tail -f web
`);
const child = spawn('bin/hupd', ['-n', '-c', 'conf.d/hupd.conf'], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
