import { Server } from 'proxy-chain';

/** proxy-chain as people run it: a plain server without authentication, on 127.0.0.1 and the port of the first argument. */
const server = new Server({ host: '127.0.0.1', port: Number(process.argv[2]), verbose: false });
await server.listen();
