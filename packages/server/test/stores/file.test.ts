import { keepStateIn } from '../support.ts';
import { inFile } from './states.ts';

// The cases themselves, each of which makes its gateways by the same function.
keepStateIn(inFile);
await import('../gateway.test.ts');
await import('../held/endings.test.ts');
await import('../held/settle.test.ts');
await import('../held/adjust.test.ts');
await import('../held/grants.test.ts');
