import type { Command } from '../command.ts';
import { command as quit } from './quit.ts';

export const command: Command = { ...quit, help: ['exit\t\t\tLeave the shell'] };
