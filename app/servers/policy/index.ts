export { type JudgedTool, judgedTools } from './judged-tools.ts';
export {
  type Denial,
  isInScope,
  lets,
  type Policy,
  type PolicySettings,
  policyOf,
  type Scope,
  setOfToken,
  setsOf,
  THINGS,
  type Thing,
  UNLIMITED,
} from './policy.ts';
