export { type AppDescription, app } from './app.ts';
