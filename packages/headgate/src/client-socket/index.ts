export { localSocket, type LocalSocket } from './local-socket.ts';
