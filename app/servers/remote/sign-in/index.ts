export { type CallbackPage, SignInDesk, type SignInOptions, type SignInStep } from './by-person.ts';
export { type Challenge, challengeIn, probe } from './challenge.ts';
export { SignInError, type SignInFault, signInSentence } from './fault.ts';
export { SignIn, type SignInFacts } from './sign-in.ts';
export { SignInFile } from './sign-in-file.ts';
export { memorySignIns, type SignInStore } from './stored-sign-ins.ts';
