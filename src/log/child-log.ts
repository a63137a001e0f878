/**
 * What becomes of a process's output. One `ChildLog` stands for one channel of one process and owns its log file; each generation that is
 * alive has a `ChildOutput` of its own, so that two of them can write into the same log during a reload without mixing up what is
 * half read of either.
 *
 *     chunk ─► capture mode ─► strip_ansi ─┬─► log file, syslog     (not what is captured)
 *                   │                      ├─► main log at DEBG
 *                   └─► communication      └─► PROCESS_LOG event
 *
 * The stdout of an event listener is a protocol: it is logged, never captured, and makes no events; whoever speaks it gets each chunk.
 *
 * Everything but the log file is off for most processes: then a chunk is moved there by the kernel, and only its last lines are read.
 */
import { type CaptureOutput, type CaptureState, capture, endCapture, startCapture } from '../core/capture.ts';
import type { ChannelSpec } from '../core/spec.ts';
import { type AnsiState, flushAnsi, stripAnsi } from '../core/strip-ansi.ts';
import type { Movable, Trouble } from './log-output.ts';
import type { RotatingFile } from './rotating-file.ts';
import type { Syslog } from './syslog.ts';
import { TailBuffer } from './tail-buffer.ts';

/** Where output goes besides the log. null, or a function that is only called when there is something to say. */
export interface ChildLogListeners {
  /** A chunk for the main log, of a protocol as it came; null while the main log's level hides it. */
  readonly onOutput: ((data: Buffer) => void) | null;
  /** A chunk that makes a PROCESS_LOG event; null unless the channel's events are enabled. */
  readonly onLogEvent: ((pid: number, data: Buffer) => void) | null;
  /** What an event listener says, as it came, after it was logged; null for all other channels. */
  readonly onProtocol: ((pid: number, data: Buffer) => void) | null;
  /** The same, before anything is done with it; null: nobody has to know. */
  readonly onProtocolRead: ((pid: number, data: Buffer) => void) | null;
  /** What was captured makes a PROCESS_COMMUNICATION event. */
  readonly onCommunication: (pid: number, data: Buffer) => void;
}

export interface ChildLogOptions extends ChildLogListeners {
  readonly processName: string;
  readonly channel: ChannelSpec;
  /** null: no log file. */
  readonly file: RotatingFile | null;
  /** null: not wanted, or there is no system log. */
  readonly syslog: Syslog | null;
  readonly stripAnsi: boolean;
}

export class ChildLog {
  #options: ChildLogOptions;
  #openOutputs = 0;

  constructor(options: ChildLogOptions) {
    this.#options = options;
  }

  /** '' when there is no log file. */
  get path(): string {
    return this.#options.file?.path ?? '';
  }

  get file(): RotatingFile | null {
    return this.#options.file;
  }

  /** Other options for the generations to come; the file is the same. */
  change(options: Omit<ChildLogOptions, 'file'>): void {
    this.#options = { ...options, file: this.#options.file };
  }

  /** For a new generation. The file is opened with the first one and closed with the last, so that a restart opens its path anew. */
  open(): { readonly ok: true; readonly output: ChildOutput } | { readonly ok: false; readonly trouble: Trouble } {
    const { file } = this.#options;
    if (file !== null && !file.isOpen) {
      const trouble = file.open();
      if (trouble !== null) {
        file.close();
        return { ok: false, trouble };
      }
    }
    return { ok: true, output: this.#newOutput() };
  }

  /** For a generation that is there already: it writes on, and would come to stand still if nobody read what it can not log. */
  takeUp(): ChildOutput {
    const { file } = this.#options;
    if (file !== null && !file.isOpen) file.openAnyway();
    return this.#newOutput();
  }

  /** The file was moved away: goes on in a new one, if it is open. */
  reopen(): void {
    this.#options.file?.reopen();
  }

  clear(): Trouble | null {
    return this.#options.file?.clear() ?? null;
  }

  #newOutput(): ChildOutput {
    this.#openOutputs++;
    return new ChildOutput(this.#options, () => this.#outputEnded());
  }

  #outputEnded(): void {
    this.#openOutputs--;
    if (this.#openOutputs === 0) this.#options.file?.close();
  }
}

/** The channel of one generation. */
export class ChildOutput {
  readonly #options: ChildLogOptions;
  readonly #onEnd: () => void;
  readonly #tail = new TailBuffer();
  /** Nothing to look for in the output: it goes to the file as it is. */
  readonly #plain: boolean;
  readonly #captures: boolean;
  #capture: CaptureState = startCapture;
  #ansi: AnsiState = 'text';
  #ansiOfCaptured: AnsiState = 'text';
  #pid = 0;
  #listener: ((chunk: Buffer) => void) | null = null;
  #ended = false;

  constructor(options: ChildLogOptions, onEnd: () => void) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.#captures = options.channel.captureMaxBytes > 0 && options.onProtocol === null;
    this.#plain =
      !this.#captures &&
      !options.stripAnsi &&
      options.syslog === null &&
      ((options.onOutput === null && options.onLogEvent === null) || options.onProtocol !== null);
  }

  /** The process that writes here, for the events. */
  attach(pid: number): void {
    this.#pid = pid;
  }

  /** Hears every chunk from now on, as it was read; one at a time. */
  listen(listener: ((chunk: Buffer) => void) | null): void {
    this.#listener = listener;
  }

  /** Nobody but the log file has to have what comes, and then it need not come at once. */
  get isBulk(): boolean {
    return this.#plain && this.#options.onProtocol === null;
  }

  /** Takes a chunk while it still is where it was read, and moves it to the log if it can. Never throws. */
  take(chunk: Movable): void {
    if (!this.isBulk || this.#listener !== null) this.write(chunk.bytes(), chunk);
    else if (!this.#ended) {
      this.#options.file?.take(chunk);
      this.#tail.push(chunk.last(this.#tail.capacity));
    }
  }

  /** Takes a chunk as it was read. Never throws. The chunk is not kept. `source`: where it still is. */
  write(chunk: Buffer, source: Movable | null = null): void {
    if (chunk.length === 0 || this.#ended) return;
    this.#tail.push(chunk);
    this.#options.onProtocolRead?.(this.#pid, chunk);
    if (this.#options.onProtocol !== null) this.#options.onOutput?.(chunk);
    if (this.#plain) this.#logPlain(chunk, source);
    else if (this.#captures) {
      const { state, output } = capture(this.#capture, chunk, this.#options.channel.captureMaxBytes);
      this.#capture = state;
      for (const piece of output) this.#deliver(piece);
    } else this.#log(chunk, false);
    this.#options.onProtocol?.(this.#pid, chunk);
    this.#listener?.(chunk);
  }

  /** The last writer has gone: lets go what was held back, and closes. Twice is once. */
  end(): void {
    if (this.#ended) return;
    if (this.#captures) for (const piece of endCapture(this.#capture)) this.#deliver(piece);
    const owed = flushAnsi(this.#ansi);
    if (owed.length > 0) this.#emit(owed, false);
    this.#ended = true;
    this.#onEnd();
  }

  /** What this generation said last, oldest first; still there after the end. */
  lastLines(count: number): readonly string[] {
    return this.#tail.lastLines(count);
  }

  /** The last lines are counted from here on. */
  forgetLines(): void {
    this.#tail.clear();
  }

  #logPlain(chunk: Buffer, source: Movable | null): void {
    if (source === null) this.#options.file?.write(chunk);
    else this.#options.file?.take(source);
  }

  #deliver(piece: CaptureOutput): void {
    if (piece.kind === 'text') this.#log(piece.data, piece.captured);
    else {
      this.#ansiOfCaptured = 'text';
      this.#options.onCommunication(this.#pid, this.#options.stripAnsi ? stripWhole(piece.data) : piece.data);
    }
  }

  #log(data: Buffer, captured: boolean): void {
    if (!this.#options.stripAnsi) {
      this.#emit(data, captured);
      return;
    }
    const stripped = stripAnsi(captured ? this.#ansiOfCaptured : this.#ansi, data);
    if (captured) this.#ansiOfCaptured = stripped.state;
    else this.#ansi = stripped.state;
    this.#emit(stripped.data, captured);
  }

  #emit(data: Buffer, captured: boolean): void {
    if (data.length === 0) return;
    const { file, syslog, processName, onOutput, onLogEvent, onProtocol } = this.#options;
    if (!captured) {
      file?.write(data);
      syslog?.write(`${processName} `, data.toString());
    }
    if (onProtocol !== null) return;
    onOutput?.(data);
    onLogEvent?.(this.#pid, data);
  }
}

function stripWhole(data: Buffer): Buffer {
  const stripped = stripAnsi('text', data);
  return Buffer.concat([stripped.data, flushAnsi(stripped.state)]);
}
