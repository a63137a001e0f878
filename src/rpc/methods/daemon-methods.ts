/** `supervisor.*`: the daemon itself: who it is, its state, its end. */
import { type DaemonStateName, daemonStateCodes } from '../../core/states.ts';
import { apiVersion } from '../contract.ts';
import { answer, type Method, type MethodTable, refused } from '../method.ts';

const getApiVersion: Method = {
  returns: 'string',
  params: [],
  help: 'The version of this API.',
  reads: true,
  call: () => answer(apiVersion),
};

export const daemonMethods: MethodTable = [
  ['getAPIVersion', getApiVersion],
  ['getVersion', { ...getApiVersion, help: 'The old name of getAPIVersion.' }],
  [
    'getSupervisorVersion',
    {
      returns: 'string',
      params: [],
      help: 'The version of supervisord that this server stands in for.',
      reads: true,
      call: ({ daemon }) => answer(daemon.version),
    },
  ],
  [
    'getIdentification',
    {
      returns: 'string',
      params: [],
      help: 'The name of this server, from "identifier" in its configuration.',
      reads: true,
      call: ({ daemon }) => answer(daemon.identifier),
    },
  ],
  [
    'getState',
    {
      returns: 'struct',
      params: [],
      help: 'The state of the server: statecode and statename.',
      reads: true,
      call: ({ daemon }) => answer(daemonState(daemon.daemonState)),
    },
  ],
  [
    'getPID',
    {
      returns: 'int',
      params: [],
      help: 'The process id of the server.',
      reads: true,
      call: ({ daemon }) => answer(daemon.pid),
    },
  ],
  [
    'shutdown',
    {
      returns: 'boolean',
      params: [],
      help: 'Stops every process, then the server. Answers at once.',
      reads: false,
      call: ({ daemon }) => {
        daemon.shutdown();
        return answer(true);
      },
    },
  ],
  [
    'restart',
    {
      returns: 'boolean',
      params: [],
      help: 'Stops every process, reads the configuration afresh and starts again. Answers at once.',
      reads: false,
      call: ({ daemon }) => {
        const outcome = daemon.restart();
        return outcome.ok ? answer(true) : refused(outcome, '');
      },
    },
  ],
];

function daemonState(statename: DaemonStateName): { statecode: number; statename: string } {
  return { statecode: daemonStateCodes[statename], statename };
}
