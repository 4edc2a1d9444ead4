export { MachOError, uuidOfApp, uuidPlaces, uuidText } from './uuid.ts';
