export { MachOError, setUuid, uuidOfApp, uuidsOf } from './uuid.ts';
