import { HeadgateError, type Program } from '../../../core/index.ts';
import { RedisBank } from './bank.ts';
import { Shape } from './shape.ts';

/** The layouts that this process knows, and its programs resolved against them. */
export class Banks {
  readonly #shapes: Map<number, Shape> = new Map();
  #banks: WeakMap<Program, RedisBank> = new WeakMap();

  /** The program's own shapes, which have met all that it counts. */
  shapesOf({ records, checks }: Program): Shape[] {
    return records.map(({ id, fields }, record) => {
      const shape = this.shape(id);
      shape.admit(fields);
      // A slot that the policy did not name has a counter all the same.
      for (const check of checks) if (check.record === record) shape.admit([{ ...check, slots: [check.slot] }]);
      return shape;
    });
  }

  bankOf(program: Program): RedisBank {
    const known = this.#banks.get(program);
    if (known?.isCurrent === true) return known;
    const bank = new RedisBank(program, this.shapesOf(program));
    if (bank.counters.includes(undefined as never))
      throw new HeadgateError(
        'ERR_LIMIT',
        'redis: expected records of at most 8192 numbers, and one kind a limit id; got a policy of others',
      );
    this.#banks.set(program, bank);
    return bank;
  }

  shape(id: number): Shape {
    let shape = this.#shapes.get(id);
    if (shape === undefined) this.#shapes.set(id, (shape = new Shape(id)));
    return shape;
  }
}
