/**
 * Ready when it says READY=1 by sd_notify; after a signal, when it says so again. Its STATUS is the check's answer, and with
 * EXTEND_TIMEOUT_USEC it gets more time.
 */
import { type CheckContext, nothingRuns, type RunningCheck } from './check.ts';

export function checkNotify(context: CheckContext): RunningCheck {
  const { channel, afterSignal, maker, toldReady, ready, notReady, answered, extend } = context;
  const { notifications } = channel;
  if (notifications === null) {
    notReady('it was started without a NOTIFY_SOCKET, before it had ready_check=notify: restart it once');
    return nothingRuns;
  }
  if (toldReady && !afterSignal) {
    ready();
    return nothingRuns;
  }
  const notYet = afterSignal ? 'no READY=1 since the signal' : 'no READY=1 yet';
  answered(notYet);
  const stop = notifications.subscribe((notice, sender) => {
    if (sender === maker) return; // it speaks for itself
    const said = notice.status ?? (notice.stopping ? 'STOPPING=1' : notice.reloading ? 'RELOADING=1' : null);
    if (said !== null) answered(`${notYet}; it says: ${said}`);
    if (notice.extendMs !== null) extend(notice.extendMs);
    if (notice.ready) ready();
  });
  return { stop };
}
