import { startWithoutCompiling } from './base/compilers.ts';
import { keepCompiledCode } from './cli/compiled-code.ts';

// As far as the first argument tells; what is not served for is soon known to the program.
const [, , first = 'serve'] = process.argv;
const compileAgain = first === 'serve' || first.startsWith('-') ? startWithoutCompiling() : () => undefined;

// The program is loaded when Node knows where it is kept compiled: V8 takes longer to read it than it takes to run.
keepCompiledCode(false);
void import('./cli/program.ts').then(({ run }) => run(compileAgain));
