import type { Socket } from 'node:net';
import type { Message } from '../client/index.ts';

/** Longer than any message; who sends more without an end is hung up on. */
const MAX_LINE_CHARS = 1_048_576;

/** Calls with each message that comes in, one a line. */
export function readLines(socket: Socket, hear: (message: Message) => void): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    if (text.length > MAX_LINE_CHARS) socket.destroy();
    for (const line of lines) hear(JSON.parse(line) as Message); // only processes of this user reach the socket
  });
}

export const lineOf = (message: Message): string => `${JSON.stringify(message)}\n`;
