/** `supervisor.*`: what clients send into the system: input for a process, and events for the listeners. */
import { answer, content, fault, type MethodTable, param, wrongArgument } from '../method.ts';
import { findProcess } from '../targets.ts';

export const inputMethods: MethodTable = [
  [
    'sendProcessStdin',
    {
      returns: 'boolean',
      params: [param('name', 'string'), content('chars', 'string')],
      help: 'Writes text, as UTF-8 and with no line end added, to the standard input of a process.',
      reads: false,
      call: ({ daemon }, [name, chars]) => {
        if (typeof chars !== 'string') {
          // A struct may have a member with any name, `toString` too.
          const shown = typeof chars === 'object' ? JSON.stringify(chars) : String(chars);
          return fault('INCORRECT_PARAMETERS', shown);
        }
        const target = findProcess(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        const outcome = daemon.sendStdin(target.process.group, target.process.name, Buffer.from(chars));
        return outcome.ok ? answer(true) : fault(outcome.fault, target.name);
      },
    },
  ],
  [
    'sendRemoteCommEvent',
    {
      returns: 'boolean',
      params: [param('type', 'string'), content('data', 'string')],
      help: 'Emits an event of type REMOTE_COMMUNICATION to the event listeners that subscribed to it.',
      reads: false,
      whileStopping: true,
      call: ({ daemon }, [type, data]) => {
        if (typeof type !== 'string' || typeof data !== 'string') return wrongArgument;
        daemon.remoteCommEvent(type, data);
        return answer(true);
      },
    },
  ],
];
