/** A person with a browser: signs in to the only remote of a gateway. */
export type SignIn = (gateway: { readonly cli: string; readonly port: number; readonly home: string }) => Promise<void>;

/** Null until the command line can sign in: scenarios that need it are listed in client.test.ts, and not run. */
export const signIn: SignIn | null = null;

export function isSignInScenario(scenario: string): boolean {
  return scenario.startsWith('auth/');
}
