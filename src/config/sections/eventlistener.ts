/** What `[eventlistener:x]` has beyond the options of a program: its pool of processes is sent events. */

import { eventTypeNames } from '../../core/event-type.ts';
import { defaultResultHandler, type ResultHandlerName, resultHandlerNames } from '../../core/result-handler.ts';
import { closest } from '../../util/closest.ts';
import { compareCodePoints } from '../../util/code-point-order.ts';
import { boolean, integer, stringList, text } from '../datatypes.ts';
import type { Names } from '../expand.ts';
import { option } from '../option.ts';
import type { Reading } from '../reading.ts';
import { resolveReference } from './python-reference.ts';

/** Beyond those of a program. */
export const eventListenerOptions = {
  buffer_size: option(
    'buffer_size',
    integer,
    '10',
    'here',
    'How many events wait for a listener; then the oldest is dropped.',
  ),
  result_handler: option(
    'result_handler',
    text,
    defaultResultHandler,
    'here',
    `What decides whether an event was handled: ${resultHandlerNames.join(' or ')}.`,
  ),
  events: option('events', stringList, '', 'here', 'Required: the event types it is sent, with commas.'),
} as const;

const redirectOption = option('redirect_stderr', boolean, 'false', 'here', '');

export interface ListenerPool {
  readonly bufferSize: number;
  readonly events: readonly string[];
  readonly resultHandler: ResultHandlerName;
}

export function readListenerPool(reading: Reading, name: string): ListenerPool {
  const section = reading.section(name);
  const names: Names = [new Map([['here', reading.here]])];
  const bufferSize = section.read(eventListenerOptions.buffer_size, names);
  if (bufferSize < 1) {
    section.refuse('buffer_size', `[${name}] section sets invalid buffer_size (${bufferSize})`, 'it takes 1 or more');
  }
  const handler = section.read(eventListenerOptions.result_handler, names);
  const resultHandler = resolveReference(reading, section, 'result_handler', handler, resultHandlerNames);
  const events = [...new Set(section.read(eventListenerOptions.events, names).map((type) => type.toUpperCase()))];
  if (events.length === 0) {
    section.refuse('events', `[${name}] section requires an "events" line`, 'add events=PROCESS_STATE, for instance');
  }
  for (const type of events) {
    if (eventTypeNames.has(type)) continue;
    const meant = closest(type, eventTypeNames);
    section.refuse(
      'events',
      `Unknown event type ${type} in [${name}] events`,
      meant === null ? '' : `did you mean ${meant}?`,
    );
  }
  if (section.read(redirectOption, names)) {
    section.refuse(
      'redirect_stderr',
      `[${name}] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol`,
      'remove it',
    );
  }
  return {
    bufferSize: Math.max(1, bufferSize),
    events: events.sort(compareCodePoints),
    resultHandler: resultHandler ?? defaultResultHandler,
  };
}
