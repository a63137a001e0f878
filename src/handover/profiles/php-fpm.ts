/**
 * Takes the sockets that FPM_SOCKETS names, by the same address as in `listen =`; others it closes, so there is no private probe. Its children
 * wait in `accept`. A predecessor removes the pid file and unix sockets even if they are not its own.
 */
import { profile, SIG } from './profile.ts';

export const phpFpm = profile({
  name: 'php-fpm',
  programs: /^php\d*-fpm[\d.]*$|^php-fpm[\d.]*$/,
  takes: ['php-fpm'],
  signals: [
    { signal: SIG.QUIT, does: 'graceful', text: '' },
    { signal: SIG.TERM, does: 'quick', text: '' },
    { signal: SIG.INT, does: 'quick', text: '' },
    { signal: SIG.USR2, does: 'reload', text: '' },
    { signal: SIG.HUP, does: 'reload', text: '' },
    { signal: SIG.USR1, does: 'nothing', text: 'reopens its logs' },
  ],
  config: { options: ['--fpm-config', '-y'], usual: null },
  pidFileOptions: ['--pid', '-g'],
  pidFileInConfig: /^\s*pid\s*=\s*(\S+)/m,
  configFacts: [
    {
      pattern: /^\s*process_control_timeout\s*=\s*[1-9]/m,
      found: false,
      text: 'without process_control_timeout it cuts the requests that are under way when it reloads or stops, by QUIT as well',
      todo: 'set process_control_timeout in its configuration, for instance to 10s',
    },
  ],
  daemonizes: { unless: ['-F', '--nodaemonize'] },
});
