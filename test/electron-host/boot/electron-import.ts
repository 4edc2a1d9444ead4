import { registerHooks } from 'node:module';

const names = new Set(['electron', 'electron/main', 'electron/common']);

/** A module that exists in memory only. */
const url = new URL('../electron.cjs', import.meta.url).href;

/**
 * From now on `electron` is the given object, for import and require alike and wherever the importing file lies.
 * It is a CommonJS module, as Electron's is; its last line never runs, but Node reads the export names out of it.
 */
export function redirectElectron(electron: object): void {
  Object.assign(globalThis, { __electronModule: electron });
  const source = `module.exports = globalThis.__electronModule;
    if (false) module.exports = { ${Object.keys(electron).join(', ')} };`;
  registerHooks({
    resolve: (specifier, context, next) =>
      names.has(specifier) ? { url, format: 'commonjs', shortCircuit: true } : next(specifier, context),
    load: (place, context, next) =>
      place === url ? { format: 'commonjs', source, shortCircuit: true } : next(place, context),
  });
}
