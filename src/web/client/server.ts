/** What the dashboard asks of the daemon it came from. */
import type { ActionAnswer, HistoryRow, ProcessesMessage, UsageMessage } from '../messages.ts';

/** How soon a refused stream is tried again. */
const againMs = 5000;

export async function act(action: string, name: string): Promise<ActionAnswer> {
  try {
    const body = new URLSearchParams(name === '' ? { action } : { action, processname: name });
    const response = await fetch('actions', { method: 'POST', body });
    if (response.ok) return (await response.json()) as ActionAnswer;
    return { ok: false, message: `${action} ${name}: the daemon answered ${response.status}` };
  } catch {
    return { ok: false, message: `${action} ${name}: the daemon does not answer` };
  }
}

/** null: the daemon does not answer. */
export async function history(name: string): Promise<readonly HistoryRow[] | null> {
  try {
    const response = await fetch(`history?processname=${encodeURIComponent(name)}`);
    return response.ok ? ((await response.json()) as HistoryRow[]) : [];
  } catch {
    return null;
  }
}

export interface Listener {
  processes(message: ProcessesMessage): void;
  usage(message: UsageMessage): void;
  connected(is: boolean): void;
}

/** Listens as long as the page is looked at: a hidden one costs the daemon nothing. */
export function listen(listener: Listener): void {
  let source: EventSource | null = null;
  const open = (): void => {
    source = new EventSource('events');
    source.addEventListener('open', () => listener.connected(true));
    source.addEventListener('processes', ({ data }) => listener.processes(JSON.parse(data) as ProcessesMessage));
    source.addEventListener('usage', ({ data }) => listener.usage(JSON.parse(data) as UsageMessage));
    source.addEventListener('error', () => {
      listener.connected(false);
      if (source?.readyState === EventSource.CLOSED) setTimeout(reopen, againMs);
    });
  };
  const reopen = (): void => {
    source?.close();
    if (!document.hidden) open();
  };
  document.addEventListener('visibilitychange', reopen);
  reopen();
}

/** Follows a log until the signal says stop; resolves at its end with why, '' when it was stopped. */
export async function follow(
  name: string,
  channel: string,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<string> {
  try {
    const response = await fetch(`logtail/${encodeURIComponent(name)}/${channel}`, { signal });
    if (!response.ok || response.body === null) return response.status === 404 ? 'there is no such log' : 'not allowed';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'the log ended';
      onText(value);
    }
  } catch {
    return signal.aborted ? '' : 'the connection was lost';
  }
}
