import { keepStateIn } from '../support.ts';
import { laterMemory } from './states.ts';

// The cases themselves, each of which makes its gateways by the same function.
keepStateIn(laterMemory);
await import('../gateway.test.ts');
await import('../hostile.test.ts');
await import('../http2.test.ts');
await import('../own-state.test.ts');
await import('../held/endings.test.ts');
await import('../held/permits.test.ts');
await import('../held/told.test.ts');
await import('../held/settle.test.ts');
await import('../held/adjust.test.ts');
await import('../held/grants.test.ts');
await import('../bodies/sizes.test.ts');
await import('../bodies/read.test.ts');
