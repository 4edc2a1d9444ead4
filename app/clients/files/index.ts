export {
  type Applied,
  ClientFiles,
  type ClientFilesContext,
  type ForwardPlan,
  type FoundClient,
  type FoundServer,
} from './client-files.ts';
export { type Disk, type FileFacts, systemDisk } from './disk.ts';
