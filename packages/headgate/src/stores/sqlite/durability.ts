/**
 * What an answered decision survives. `process`: the end of the process, however it ends. `power`: the end of the
 * machine's power too, for a wait on the disk at every commit.
 */
export type Durability = 'process' | 'power';
