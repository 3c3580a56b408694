import type { HeaderBlock } from '../../profile/index.ts';
import { figuresAlone, plainFigures, policiesBeside, policiesInLimit } from './figure-fields.ts';
import { namedItems, oneDictionary } from './list-fields.ts';
import type { Told } from './told.ts';

/** Writes the fields of one dialect. `of`: indexes of the limits spoken of; `lead`: the one that leads, where one does. */
type WriteDialect = (out: string[], told: Told, of: readonly number[], lead: number) => void;

/** Fields a dialect may write, so that the upstream's own of these names can be kept from passing. */
export interface DialectWriter {
  readonly names: readonly string[];
  readonly write: WriteDialect;
}

/**
 * Compiles a block's dialect; undefined when it has none and only writes fields of its own. The drafts are those of
 * draft-ietf-httpapi-ratelimit-headers; `ratelimit` is the current one, -11.
 */
export function compileDialect(block: HeaderBlock): DialectWriter | undefined {
  switch (block.dialect) {
    case undefined:
      return undefined;
    case 'x-ratelimit':
      return plainFigures(block);
    case 'draft-02':
      return figuresAlone(block);
    case 'draft-03':
      return policiesInLimit(block);
    case 'draft-06':
      return policiesBeside(block);
    case 'draft-07':
      return oneDictionary(block);
    case 'ratelimit':
      return namedItems(block);
    default:
      return block.dialect satisfies never;
  }
}
