export {
  type Applied,
  ClientFiles,
  type ClientFilesContext,
  type FoundClient,
  type FoundServer,
} from './client-files.ts';
export { type Disk, type FileFacts, systemDisk } from './disk.ts';
export type { ForwardPlan, ForwardSurroundings } from './forward-plan.ts';
