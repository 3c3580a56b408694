import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApi, type DemoApi } from '../api.ts';
import { Load } from './load.ts';
import { freePort, gatewayOf, redisIn, urlOf, type Machine } from './machines.ts';

/** Requests in any hour: none comes back while the demo runs. */
export const LIMIT = 300;

const POLICY = `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: ${LIMIT}/hour, per: key, fail: closed } }
`;

/** A gateway, and who asks it. */
export interface Member {
  readonly machine: Machine;
  readonly load: Load;
}

/** An API, gateways before it, and the Redis in which they count. Nothing of it outlives `end`. */
export class Fleet {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'headgate-fleet-'));
  readonly #machines: Machine[] = [];
  readonly members: Member[] = [];
  #api: DemoApi | undefined;
  #redisPort = 0;
  redis: Machine | undefined;
  /** Requests that came through, as the API itself counts them. */
  reached = 0;

  /** With `apart`, each gateway counts by itself. */
  async start(gateways: number, apart: boolean): Promise<void> {
    writeFileSync(join(this.#folder, 'policy.yaml'), POLICY);
    this.#api = await startApi();
    this.#api.server.on('request', () => this.reached++);
    if (!apart) await this.startRedis();
    const state = apart ? ['--data', 'none'] : ['--redis', `redis://127.0.0.1:${this.#redisPort}`];
    const words = [join(this.#folder, 'policy.yaml'), '--upstream', this.#api.url.href, ...state];
    const machines = Array.from({ length: gateways }, (_, i) => this.#keep(gatewayOf(`gateway ${i + 1}`, words)));
    const loads = machines.map(async (machine) => ({ machine, load: new Load(await urlOf(machine)) }));
    this.members.push(...(await Promise.all(loads)));
  }

  /** On the same file as the one before, if there was one. */
  async startRedis(): Promise<void> {
    this.#redisPort ||= await freePort();
    this.redis = this.#keep(redisIn(this.#folder, this.#redisPort));
    await this.redis.listensOn(this.#redisPort);
  }

  /** Whatever becomes of it, it ends with the rest. */
  #keep(machine: Machine): Machine {
    this.#machines.push(machine);
    return machine;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map(({ load }) => load.end()));
    await Promise.all(this.#machines.map((machine) => machine.kill()));
    this.#api?.server.closeAllConnections();
    this.#api?.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
