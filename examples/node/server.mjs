import { createServer } from 'node:http';

const server = createServer((_request, response) => {
  response.end(`hello from pid ${process.pid}\n`);
});
if (process.env.LISTEN_FDS) {
  for (let i = 0; i < Number(process.env.LISTEN_FDS); i++) server.listen({ fd: 3 + i });
} else {
  server.listen(8080, '127.0.0.1');
}
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
