export { Quota } from './quota.ts';
export {
  type ChildFacts,
  type ChildUse,
  type Exits,
  type Opened,
  type Refusal,
  Server,
  type ServerContext,
  type ServerFacts,
} from './server.ts';
