/** The smallest app of each kind: slow to load, and it answers with its version. */
import { bootSecs } from './row.ts';

export const asgiText = (version: string) => `import time
time.sleep(${bootSecs})
async def app(scope, receive, send):
    while scope['type'] == 'lifespan':
        message = await receive()
        await send({'type': message['type'] + '.complete'})
        if message['type'] == 'lifespan.shutdown': return
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'${version.length}')]})
    await send({'type': 'http.response.body', 'body': b'${version}'})
`;

export const rackText = (version: string) => `sleep ${bootSecs}
run lambda { |env| [200, {'Content-Type' => 'text/plain', 'Content-Length' => '${version.length}'}, ['${version}']] }
`;

export const psgiText = (version: string) => `sleep ${bootSecs};
sub { [200, ['Content-Type' => 'text/plain', 'Content-Length' => ${version.length}], ['${version}']] };
`;

export const brokenPython = { 'app.py': 'raise RuntimeError("no such feature")\n' };
export const brokenRack = { 'config.ru': 'raise "no such feature"\n' };
