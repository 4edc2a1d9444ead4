export type { SignInOptions, SignInStep } from './by-person.ts';
export { type Challenge, challengeIn } from './challenge.ts';
export { type CallbackPage, SignInDesk } from './desk.ts';
export { SignInError, type SignInFault, signInSentence } from './fault.ts';
export { probe } from './probe.ts';
export { SignIn, type SignInFacts } from './sign-in.ts';
export { SignInFile } from './sign-in-file.ts';
export { memorySignIns, type SignInStore } from './stored-sign-ins.ts';
