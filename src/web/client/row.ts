/** One process as a row: state, name, status, CPU, memory, buttons; below it the details when it is open. */
import type { ProcessRow } from '../messages.ts';
import { bytes, type Load, reloadProgress, sparkline, statusLine, toneOf, type Verb, verbsOf } from '../model.ts';
import { type Details, details } from './details.ts';
import { button, h, setText, sparkBox } from './dom.ts';

const verbs: ReadonlyArray<readonly [Verb, string]> = [
  ['start', 'Start'],
  ['reload', 'Reload'],
  ['restart', 'Restart'],
  ['stop', 'Stop'],
];

export interface RowOptions {
  readonly mayAct: boolean;
  readonly press: (verb: string, id: string) => Promise<void>;
  /** Asked by the name's button. */
  readonly toggle: (row: Row) => void;
}

export class Row {
  readonly element: HTMLElement;
  readonly name: HTMLButtonElement;
  readonly id: string;
  readonly #options: RowOptions;
  readonly #badge = h('span', { class: 'badge' });
  readonly #small = h('small');
  readonly #line = h('span', { class: 'text' });
  readonly #progress = h('progress', { max: '1', hidden: '' });
  readonly #cpu = loadCell('cpu');
  readonly #memory = loadCell('memory');
  readonly #buttons = new Map<Verb, HTMLButtonElement>();
  #pending: Verb | null = null;
  #details: Details | null = null;
  #process: ProcessRow;
  #load: Load | undefined;

  constructor(process: ProcessRow, options: RowOptions) {
    this.#process = process;
    this.#options = options;
    this.id = process.id;
    this.name = h('button', { type: 'button', class: 'name', 'aria-expanded': 'false' }, process.id, this.#small);
    this.name.addEventListener('click', () => options.toggle(this));
    for (const [verb, label] of verbs)
      this.#buttons.set(
        verb,
        button(label, `${label} ${process.id}`, () => void this.#press(verb)),
      );
    const head = h(
      'div',
      { class: 'head' },
      this.#badge,
      this.name,
      h('div', { class: 'line' }, this.#line, this.#progress),
      this.#cpu.element,
      this.#memory.element,
      h('div', { class: 'acts' }, ...this.#buttons.values()),
    );
    this.element = h('li', { class: 'row', 'data-process': process.id }, head);
  }

  get isOpen(): boolean {
    return this.#details !== null;
  }

  update(process: ProcessRow, load: Load | undefined, now: number): void {
    this.#process = process;
    this.#load = load;
    setText(this.#badge, process.state.toLowerCase());
    this.#badge.className = `badge ${toneOf(process)}`;
    const restarts = process.restarts === 0 ? '' : `, restarted ${process.restarts}×`;
    const number = process.generations.find(({ pid }) => pid === process.pid)?.number ?? process.generation;
    setText(this.#small, process.pid === 0 ? '' : `pid ${process.pid}, gen ${number}${restarts}`);
    this.#drawButtons();
    this.tick(now);
    this.#details?.update(process, load);
  }

  /** What changes with time alone. */
  tick(now: number): void {
    setText(this.#line, statusLine(this.#process, now));
    const { reload, state } = this.#process;
    const isWrong = state === 'FATAL' || state === 'BACKOFF' || (state === 'RUNNING' && reload?.outcome === 'failed');
    this.#line.parentElement?.classList.toggle('wrong', isWrong);
    this.#progress.hidden = reload?.outcome !== 'under way';
    if (reload !== null) this.#progress.value = reloadProgress(reload, now);
    this.#progress.setAttribute('aria-label', `reload of ${this.id}`);
  }

  drawLoad(load: Load | undefined): void {
    this.#load = load;
    const cpu = load?.cpuPercents.at(-1);
    this.#cpu.draw(load?.cpuPercents ?? [], 10, cpu === undefined ? '' : `${cpu.toFixed(cpu < 10 ? 1 : 0)} %`);
    this.#memory.draw(load?.rssBytes ?? [], 1, load === undefined ? '' : bytes(load.last.rssBytes));
    this.#details?.update(this.#process, load);
  }

  open(): void {
    const { mayAct, press } = this.#options;
    this.#details = details(this.#process, mayAct ? () => press('clearlog', this.id) : null);
    this.#details.update(this.#process, this.#load);
    this.element.append(this.#details.element);
    this.name.setAttribute('aria-expanded', 'true');
  }

  reconnected(): void {
    this.#details?.reconnected();
  }

  close(): void {
    this.#details?.close();
    this.#details?.element.remove();
    this.#details = null;
    this.name.setAttribute('aria-expanded', 'false');
  }

  async #press(verb: Verb): Promise<void> {
    this.#pending = verb;
    this.#drawButtons();
    await this.#options.press(verb, this.id);
    this.#pending = null;
    this.#drawButtons();
  }

  /** All that the state allows; while one is at work the others wait. */
  #drawButtons(): void {
    const allowed = verbsOf(this.#process);
    const reloading = this.#process.reload?.outcome === 'under way';
    for (const [verb, element] of this.#buttons) {
      element.hidden = !allowed.includes(verb) && this.#pending !== verb;
      element.disabled = !this.#options.mayAct || this.#pending !== null || (reloading && verb === 'reload');
      element.setAttribute('aria-busy', String(this.#pending === verb));
    }
  }
}

function loadCell(what: 'cpu' | 'memory') {
  const { svg, line } = sparkBox();
  const text = h('span');
  const title = what === 'cpu' ? 'CPU' : 'Memory';
  const element = h('div', { class: `load ${what}`, role: 'img', 'aria-label': title, title });
  element.append(svg, text);
  const draw = (values: readonly number[], least: number, label: string): void => {
    line.setAttribute('points', sparkline(values, 60, 20, least));
    setText(text, label);
    element.classList.toggle('none', label === '');
    element.setAttribute('aria-label', label === '' ? `${title}: none` : `${title} ${label}`);
  };
  return { element, draw };
}
