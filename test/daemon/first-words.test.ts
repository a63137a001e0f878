/** What is said before there is a log: to root, who leaves the choice of the file to the working directory (compat 1.3). */
import assert from 'node:assert/strict';
import { onBoth, trials } from './trial.ts';

trials('first words', () => {
  onBoth(
    'as root without -c the search for a file is warned of, and the first that is found is used',
    async (trial) => {
      trial.config({ daemon: 'identifier=found' });
      trial.mkdir('etc');
      trial.write('etc/supervisord.conf', trial.read('s.conf'));
      trial.launch(['-n']);
      await trial.started();
      await trial.until('the warning', () =>
        /Supervisord is running as root and it is searching for its configuration file in default locations \(including its current working directory\); you probably want to specify a "-c" argument/.test(
          trial.output,
        ),
      );
      assert.match(await trial.call('supervisor.getIdentification'), /<string>found<\/string>/);
    },
    { root: true },
  );
});
