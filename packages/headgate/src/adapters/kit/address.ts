import { parseIp } from '../../http/index.ts';
import { remembered } from './remembered.ts';

/** Whether a text is one address, with a port or a zone perhaps. */
export const isAddress: (text: string) => boolean = remembered((text) => parseIp(text) !== undefined);
