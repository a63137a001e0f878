export { command } from './top.ts';
