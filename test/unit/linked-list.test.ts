import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinkedList, type Place } from '../../app/base/linked-list.ts';

it('A linked list has what a Set would have, in the same order, whatever is added and taken out', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('add' as const) }),
      fc.record({ kind: fc.constant('delete' as const), which: fc.nat(30) }),
      fc.record({ kind: fc.constant('shift' as const) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const list = new LinkedList<number>();
      const model = new Set<number>();
      const places: Place<number>[] = [];
      for (const step of all) {
        if (step.kind === 'add') {
          model.add(places.length);
          places.push(list.add(places.length));
        } else if (step.kind === 'shift') {
          const [oldest = null] = model;
          if (oldest !== null) model.delete(oldest);
          expect(list.shift()).toBe(oldest);
        } else {
          const place = places[step.which];
          if (place !== undefined) expect(list.delete(place)).toBe(model.delete(place.value));
        }
        const [oldest = null] = model;
        expect(list.values()).toEqual([...model]);
        expect(list.size).toBe(model.size);
        expect(list.oldest).toBe(oldest);
      }
    }),
  );
});
