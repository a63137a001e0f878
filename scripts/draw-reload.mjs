// Draws docs/reload.svg: what becomes of a gunicorn's requests in `hupctl reload web`, step by step, as its own SIGHUP is usually drawn.
import { writeFileSync } from 'node:fs';

const steps = [
  { title: '1. Requests go to the workers of A.', a: 'serves', b: null },
  { title: '2. B starts beside A. Its workers are not ready yet, and get nothing.', a: 'serves', b: 'boots' },
  { title: '3. B is ready: proved on a socket of its own. Both serve from one queue.', a: 'serves', b: 'serves' },
  { title: '4. A is told to stop, and answers what it has begun.', a: 'leaves', b: 'serves' },
  { title: '5. Requests go to the workers of B. None was refused, dropped or made to wait.', a: null, b: 'serves' },
];
const width = 760;
const stepHeight = 190;
const colours = { serves: '#cfe8cf', boots: '#f2b8b5', leaves: '#e3e3e3' };

const box = (x, y, w, text, fill) =>
  `<rect x="${x - w / 2}" y="${y}" width="${w}" height="26" rx="13" fill="${fill}" stroke="#444"/>` +
  `<text x="${x}" y="${y + 17}" text-anchor="middle">${text}</text>`;
const line = (x1, y1, x2, y2, dashed = false) =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#444"${dashed ? ' stroke-dasharray="4 4"' : ''} marker-end="url(#arrow)"/>`;

function server(name, state, x, top) {
  if (state === null) return '';
  const workers = [0, 1, 2].map((n) => ({ x: x - 100 + 100 * n, text: `worker ${name}.${n + 1}` }));
  const client = state === 'serves' ? line(width / 2, top + 26, x, top + 52) : '';
  return [
    client,
    box(x, top + 54, 100, `master ${name}`, colours[state]),
    ...workers.map((worker) => line(x, top + 80, worker.x, top + 108, state === 'leaves')),
    ...workers.map((worker) => box(worker.x, top + 110, 92, worker.text, colours[state])),
  ].join('\n');
}

const drawn = steps.map(({ title, a, b }, index) => {
  const top = index * stepHeight + 34;
  return `<text x="12" y="${top - 12}" font-weight="bold">${title}</text>
${box(width / 2, top, 80, 'client', '#ffffff')}
${server('A', a, 190, top)}
${server('B', b, 570, top)}`;
});
const height = steps.length * stepHeight;
writeFileSync(
  'docs/reload.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13">
<title>hupctl reload web, step by step</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#444"/></marker></defs>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${drawn.join('\n')}
</svg>
`,
);
