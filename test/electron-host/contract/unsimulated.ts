import fs from 'node:fs';
import { membersFile } from './files.ts';
import { parseTable, type SimulatedType } from './table.ts';
import { NotSimulatedError } from './violations.ts';

const table = parseTable(fs.readFileSync(membersFile, 'utf8'));

/** Whether electron.d.ts declares the event for the type. */
export function declaresEvent(type: SimulatedType, event: string): boolean {
  return table.get(type)?.events.includes(event) ?? false;
}

/** Gives a module object or a prototype a throwing stub for every member that Electron declares and it lacks. */
export function refuseOtherMembers<Target extends object>(target: Target, type: SimulatedType): Target {
  for (const name of table.get(type)?.methods ?? []) refuseMethod(target, type, name);
  for (const name of table.get(type)?.properties ?? []) refuseProperty(target, type, name);
  return target;
}

/** The same for the static members of a class. */
export function refuseOtherStatics(target: object, type: SimulatedType): void {
  for (const name of table.get(type)?.statics ?? []) refuseMethod(target, type, name);
}

/** What a module of Electron is that has no counterpart at all: it can be imported, but not touched. */
export function absentModule(name: string): object {
  const refuse = (member: string): never => {
    throw new NotSimulatedError(`${name}${member}`);
  };
  return new Proxy(class {}, {
    get: (_target, key) => (isAskedByLanguage(key) ? undefined : refuse(`.${String(key)}`)),
    construct: () => refuse(''),
  });
}

/** import and await look for these on anything. */
function isAskedByLanguage(key: string | symbol): boolean {
  return typeof key === 'symbol' || key === 'prototype' || key === 'then';
}

function refuseMethod(target: object, type: string, name: string): void {
  if (name in target) return;
  const value = (): never => {
    throw new NotSimulatedError(`${type}.${name}()`);
  };
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function refuseProperty(target: object, type: string, name: string): void {
  if (name in target) return;
  const refuse = (): never => {
    throw new NotSimulatedError(`${type}.${name}`);
  };
  Object.defineProperty(target, name, { get: refuse, set: refuse, configurable: true });
}
