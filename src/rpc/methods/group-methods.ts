/** `supervisor.*`: the configuration read again, and groups taken into use or out of it. */
import type { Outcome } from '../../runtime/supervision.ts';
import type { RpcValue } from '../codec.ts';
import { type Answer, answer, type MethodTable, param, refused, wrongArgument } from '../method.ts';

export const groupMethods: MethodTable = [
  [
    'reloadConfig',
    {
      returns: 'array',
      params: [],
      help: 'Reads the configuration again without applying it: [[added, changed, removed]], each an array of group names.',
      reads: false,
      call: ({ daemon }) => {
        const result = daemon.reread();
        if (!result.ok) return refused(result, '');
        return answer([[result.diff.added, result.diff.changed, result.diff.removed]]);
      },
    },
  ],
  [
    'addProcessGroup',
    {
      returns: 'boolean',
      params: [param('name', 'string')],
      help: 'Takes a group of the configuration as last read into use, or the new definition of a group with update_strategy=reload.',
      reads: false,
      call: ({ daemon }, [name]) => decide(name, (group) => daemon.addGroup(group)),
    },
  ],
  [
    'removeProcessGroup',
    {
      returns: 'boolean',
      params: [param('name', 'string')],
      help: 'Takes a group out of use; every process of it must have stopped.',
      reads: false,
      call: ({ daemon }, [name]) => decide(name, (group) => daemon.removeGroup(group)),
    },
  ],
];

async function decide(name: RpcValue | undefined, act: (group: string) => Outcome | Promise<Outcome>): Promise<Answer> {
  if (typeof name !== 'string') return wrongArgument;
  const outcome = await act(name);
  return outcome.ok ? answer(true) : refused(outcome, name);
}
