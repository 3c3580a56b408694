export { broadcast, electByLock } from './browser.ts';
export { share, type Shared, type ShareOptions } from './share.ts';
export type { Channel, Elect, Message } from './wire.ts';
