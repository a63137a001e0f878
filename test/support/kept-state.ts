/** What a daemon has left that was killed while much was under way, and the machine on which all of it still runs. */
import { FakeDaemon, program } from './fake-daemon.ts';
import { FakeOs } from './fake-os.ts';

const TERM = 15;
const KILL = 9;

const configuration = [
  program(
    'web',
    'numprocs=2\nprocess_name=w%(process_num)d\nsocket=tcp://127.0.0.1:8000\nreload_strategy=rolling\nready_check=log:ready',
  ),
  program('slow', 'stopwaitsecs=60'),
  program('crash', 'startretries=9'),
  program('off', 'autostart=false'),
  program('env', 'environment=A="1",B="2"\nreload_strategy=hup\numask=022\nserverurl=AUTO'),
  '[group:pair]\nprograms=slow,off\n',
  '[eventlistener:ear]\ncommand=/bin/sh\nevents=PROCESS_STATE,REMOTE_COMMUNICATION\nstdout_logfile=NONE\nstderr_logfile=NONE\n',
  '[fcgi-program:php]\ncommand=/bin/sh\nsocket=tcp://127.0.0.1:9000\nstdout_logfile=NONE\nstderr_logfile=NONE\n',
].join('\n');

/** In memory, as `os/state-file.ts` on a disk. */
export class KeptState {
  text = '';
  append(line: string): void {
    this.text += line;
  }
  replace(text: string): void {
    this.text = text;
  }
  remove(): void {
    this.text = '';
  }
}

export interface KilledDaemon {
  readonly configuration: string;
  readonly os: FakeOs;
  readonly state: string;
}

/** A rollout half way, a stop, a crash that is waited out, a listener at work with more waiting for it, reloads that have ended. */
export async function killedDaemon(): Promise<KilledDaemon> {
  const file = new KeptState();
  const os = new FakeOs();
  const daemon = new FakeDaemon(configuration, { os, file });
  daemon.begin();
  for (const name of ['web:w0', 'web:w1']) daemon.child(name).write(1, 'ready\n');
  daemon.child('ear').write(1, 'READY\n');
  await daemon.elapse(2000);
  daemon.begunReload('env');
  await daemon.elapse(20_000);
  os.exit(daemon.view('crash').pid, 3);
  daemon.child('pair:slow').ignores(TERM);
  daemon.child('pair:slow').ignores(KILL);
  void daemon.stop('pair:slow', false);
  daemon.begunReload('web:w0', 'web:w1');
  await daemon.elapse(10);
  return { configuration, os, state: file.text };
}
