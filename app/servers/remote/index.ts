export { RemoteServer, type RemoteServerContext } from './server.ts';
